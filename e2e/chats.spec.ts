import { expect, test } from './app.js';
import { STORY } from './texts.js';

test('an answer that is under way when everything is killed is there after the next start', async ({ launch }) => {
  const app = await launch();
  await app.send(STORY);
  await app.answerGrowsTo(60);
  const shown = await app.lastText();
  // What is shown is on the disk half a second later.
  await app.page.waitForTimeout(500);
  await app.killAll();
  const next = await launch({ userData: app.userData, waitsForModel: false });
  await next.page.getByRole('navigation', { name: 'Chat history' }).getByRole('button').first().click();
  await expect(next.answers).toHaveCount(1);
  expect(await next.lastText()).toContain(shown.slice(0, 50));
  await expect(next.answers.first()).toContainText('Cut short: the app ended here');
});
