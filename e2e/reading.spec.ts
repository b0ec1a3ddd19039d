import { expect, test } from './app.js';
import { ScriptedEngine, WITHOUT_MODEL } from './scripted-engine.js';

const HOSTILE = [
  '<script>document.title = "taken"</script><img src="https://evil.org/p.png" onerror="document.title=\'taken\'">',
  '![a](https://evil.org/p.png) ![b](data:image/svg+xml,<svg/onload=alert(1)>)',
  '[run](javascript:document.title="taken") [read](file:///etc/passwd) [data](data:text/html,x)',
  '[https://bank.com](https://bank.com@evil.org/) and \u202egpj.exe',
  '```mermaid\ngraph TD; A[<img src=x onerror=alert(1)>]\n```',
  '$\\href{javascript:alert(1)}{x} \\rule{900em}{900em}$ and \\[ e = mc^2 \\]',
  `| a |${' b |'.repeat(300)}\n|${'-|'.repeat(301)}\n${`| x |${' y |'.repeat(300)}\n`.repeat(20)}`,
].join('\n\n');

/** The longest time between two frames of the window while something is done, milliseconds. */
const LONGEST_PAUSE = 3000;

test('a hostile answer loads nothing, runs nothing, leads nowhere and holds nothing up', async ({ launch }) => {
  const app = await launch(WITHOUT_MODEL);
  const engine = await ScriptedEngine.connect(app);
  const { page } = app;
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  await page.evaluate(() => {
    const pauses = { longest: 0 };
    let last = performance.now();
    const look = (now: number) => {
      pauses.longest = Math.max(pauses.longest, now - last);
      last = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    Object.assign(window, { pauses });
  });

  await engine.answer('Show me', HOSTILE);
  const answer = app.answers.last();
  await expect(answer.locator('.katex').first()).toBeVisible();
  await expect(answer).toContainText('<script>document.title = "taken"</script>');
  await expect(answer).toContainText('https://bank.com (leads to evil.org)');
  await expect(answer).toContainText('[U+202E]gpj.exe');
  await expect(answer.getByRole('link')).toHaveCount(1);
  await expect(answer.locator('pre')).toHaveText('graph TD; A[<img src=x onerror=alert(1)>]');
  expect(await answer.locator('script, img, iframe, object, style, [onerror]').count()).toBe(0);
  expect(await page.title()).toBe('Pyramid Chat');
  // Nothing of it covers the window.
  const box = await answer.locator('.md').boundingBox();
  expect(box?.width).toBeLessThan(900);

  // 100 MB in one line; the engine would send it in pieces, and its end holds the whole again.
  const requestId = await engine.ask('And now a long line');
  const timings = { prefillMs: 1, firstTokenMs: 1, decodeMsPerToken: 1 };
  const line = 'x'.repeat(10_000_000);
  for (let i = 1; i <= 10; i++) await engine.send({ type: 'text', requestId, text: line, tokens: i, timings });
  await expect(app.answers.last()).toContainText('99,800,000 characters are not shown here; Copy has all of them');
  await engine.end(requestId, 'done');
  await expect(app.answers.last()).toContainText('done');

  expect(requested.filter((url) => !url.startsWith('app:') && !url.startsWith('pyramid'))).toEqual([]);
  expect(await page.evaluate(() => (Reflect.get(window, 'pauses') as { longest: number }).longest)).toBeLessThan(
    LONGEST_PAUSE,
  );
});
