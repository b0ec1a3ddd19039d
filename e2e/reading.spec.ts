import { expect, test } from './app.js';
import { expectNoViolations } from './axe.js';
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

const marked = (name: string) => CSS.highlights.get(name)?.size ?? 0;

test('a text is found in the chat, step by step, and the bar closes with Esc', async ({ launch }) => {
  const app = await launch(WITHOUT_MODEL);
  const engine = await ScriptedEngine.connect(app);
  const { page } = app;
  const prose = Array.from({ length: 60 }, (_, i) => `Line ${i + 1} of many, about the **sea** and its tides.`).join(
    '\n\n',
  );
  await engine.answer(
    'What of the gauge?',
    `The tide **gau**ge stands.\n\n${prose}\n\n\`\`\`python\nread_gauge()\n\`\`\``,
  );
  await engine.answer('And then?', `${prose}\n\nNo GAUGE any more, $g_a$.`);
  const bar = page.getByRole('search', { name: 'Find in chat' });
  const input = bar.getByRole('textbox');

  await page.keyboard.press('Control+F');
  await expect(input).toBeFocused();
  await input.fill('gauge');
  await expect(bar).toContainText('4 of 4');
  expect(await page.evaluate(marked, 'find')).toBe(4);
  // Round to the first, in the question at the top, which comes into sight.
  const question = page.getByRole('article', { name: 'You' }).first();
  await expect(question).not.toBeInViewport();
  await input.press('Enter');
  await expect(bar).toContainText('1 of 4');
  await expect(question).toBeInViewport();
  await input.press('Shift+Enter');
  await expect(bar).toContainText('4 of 4');
  await bar.getByRole('button', { name: 'Previous' }).click();
  await expect(bar).toContainText('3 of 4');
  await expect(app.answers.first().locator('.code')).toBeInViewport();
  for (const theme of ['light', 'dark'] as const) {
    await app.setTheme(theme);
    await expectNoViolations(app, `the find bar, code and a formula, ${theme}`);
  }
  await input.fill('nowhere at all');
  await expect(bar).toContainText('Not found');

  // What comes in while the bar is open is found, too; the place stays.
  await input.fill('lighthouse');
  await expect(bar).toContainText('Not found');
  await engine.answer('More?', 'A lighthouse.');
  await page.keyboard.press('Control+F');
  await expect(input).toBeFocused();
  await expect(bar).toContainText('1 of 1');

  // What is folded away in an attachment counts, and opens when it is gone to.
  await app.paste(`${'salt and weed\n'.repeat(400)}the buoy\n${'weed and salt\n'.repeat(400)}`);
  await engine.answer('What is in it?', 'A buoy.');
  const pasted = page.getByRole('button', { name: /salt and weed.*pasted/i });
  await expect(pasted).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('Control+F');
  await input.fill('the buoy');
  await expect(bar).toContainText('1 of 1');
  await expect(pasted).toHaveAttribute('aria-expanded', 'true');
  const isInSight = () =>
    page.evaluate(() => {
      const [range] = CSS.highlights.get('find-now') as unknown as Iterable<Range>;
      const { top, bottom } = range.getBoundingClientRect();
      const box = document.querySelector('.paste-text')?.getBoundingClientRect();
      return box !== undefined && top >= box.top && bottom <= box.bottom && top > 0 && bottom < innerHeight;
    });
  await expect.poll(isInSight).toBe(true);
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
  await expect(app.input).toBeFocused();
  expect(await page.evaluate(marked, 'find')).toBe(0);
});
