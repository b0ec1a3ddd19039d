import { contract } from '../electron/ipc/contract.js';
import { expect, test } from './app.js';
import { COLORS_QUESTION, STORY } from './texts.js';

const message = { role: 'user' as const, content: COLORS_QUESTION };
const short = { requestId: 'short', messages: [message], maxTokens: 3, sampling: { temperature: 0 } };

test('calls of a wrong shape are refused by the field that is wrong', async ({ app }) => {
  const wrong: [call: string, args: unknown[], field: string][] = [
    ['generate', [], 'input'],
    ['generate', ['text'], 'input'],
    ['generate', [{ requestId: 'r' }], 'messages'],
    ['generate', [{ ...short, requestId: '' }], 'requestId'],
    ['generate', [{ ...short, messages: [] }], 'messages'],
    ['generate', [{ ...short, messages: [{ role: 'root', content: 'x' }] }], 'messages.0.role'],
    ['generate', [{ ...short, messages: [{ role: 'user', content: 7 }] }], 'messages.0.content'],
    ['generate', [{ ...short, maxTokens: 0.5 }], 'maxTokens'],
    ['generate', [{ ...short, sampling: { temperature: -1 } }], 'sampling.temperature'],
    ['generate', [{ ...short, sampling: { temperature: Number.NaN } }], 'sampling.temperature'],
    ['generate', [{ ...short, stop: [''] }], 'stop.0'],
    ['generate', [{ ...short, shell: 'rm' }], 'shell'],
    ['generate', [{ ...short, compression: { preset: 'none' } }], 'compression'],
    ['generate', [{ ...short, compression: { budgetBytes: -5 } }], 'compression.budgetBytes'],
    ['compare', [short], 'replyTokens'],
    ['compare', [{ ...short, replyTokens: 3, stop: ['x'] }], 'stop'],
    ['forecastComparison', [{ ...short, replyTokens: -1 }], 'replyTokens'],
    ['setCompression', [{ compression: {} }], 'compression'],
    ['loadModel', [{}], 'path'],
    ['loadModel', [{ path: '' }], 'path'],
    ['loadModel', [{ path: ['a'] }], 'path'],
    ['stop', [{ requestId: 1 }], 'requestId'],
    ['chooseModelFile', [{ kind: 'socket' }], 'kind'],
    ['setTheme', [{ theme: 'pink' }], 'theme'],
    ['saveFile', [{ name: '../a.csv', kind: 'csv', content: '' }], 'name'],
    ['saveFile', [{ name: 'a.exe', kind: 'exe', content: '' }], 'kind'],
    ['saveFile', [{ name: 'a.csv', kind: 'csv', content: 7 }], 'content'],
    ['openTrace', [{ path: '/etc/passwd' }], 'input'],
    ['openExternal', [{ url: 'file:///etc/passwd' }], 'url'],
    ['openExternal', [{ url: 'javascript:alert(1)' }], 'url'],
    ['openExternal', [{ url: 'nonsense' }], 'url'],
    ['ejectModel', ['now'], 'input'],
    ['readCatalog', [{ contextTokens: 0 }], 'contextTokens'],
    ['startDownload', [{ id: 'https://example.com/model.gguf' }], 'id'],
    ['removeModel', [{ id: '../../etc/passwd' }], 'id'],
    ['copyModel', [{ path: '/etc/passwd' }], 'id'],
  ];
  for (const [call, args, field] of wrong) {
    const answer = await app.page.evaluate(
      ([name, given]) => Reflect.apply(Reflect.get(window.pyramid, name), null, given),
      [call, args] as const,
    );
    expect(answer, `${call}(${JSON.stringify(args)})`).toEqual({
      ok: false,
      error: { code: 'REQUEST_INVALID', message: expect.any(String), details: expect.objectContaining({ field }) },
    });
  }
  const tooMany = await app.page.evaluate(() => Reflect.apply(window.pyramid.stop, null, [{ requestId: 'a' }, 2]));
  expect(tooMany).toMatchObject({ ok: false, error: { code: 'REQUEST_INVALID' } });
  // Nothing of it has harmed anything.
  await app.stillAnswers();
});

test('what cannot cross to the main process is refused in the page', async ({ app }) => {
  const problem = await app.page.evaluate(() =>
    Reflect.apply(window.pyramid.generate, null, [{ requestId: 'r', messages: () => 1 }]).then(
      (answer: unknown) => `answered ${JSON.stringify(answer)}`,
      (thrown: unknown) => String(thrown),
    ),
  );
  expect(problem).toMatch(/could not be cloned|REQUEST_INVALID/);
  await app.stillAnswers();
});

test('of two requests at once the second is told to wait', async ({ app }) => {
  await app.recordFrames();
  const answers = await app.page.evaluate(
    (call) =>
      Promise.all(
        ['first', 'second'].map((requestId) =>
          window.pyramid.generate({ requestId, messages: [{ role: 'user', content: call }], maxTokens: 40 }),
        ),
      ),
    message.content,
  );
  expect(answers).toEqual([{ ok: true }, { ok: true }].map((each) => ({ ...each, value: undefined })));
  await expect.poll(async () => (await app.framesOf('end')).length).toBe(2);
  const ends = new Map((await app.framesOf('end')).map(({ requestId, end }) => [requestId, end]));
  expect(ends.get('first')?.type).toBe('done');
  expect(ends.get('second')).toEqual({
    type: 'error',
    error: { code: 'ENGINE_BUSY', message: expect.stringContaining('stop it first') },
    result: null,
  });
});

test('a text that is no valid Unicode is answered all the same', async ({ app }) => {
  await app.recordFrames();
  await app.page.evaluate(
    (call) =>
      window.pyramid.generate({
        requestId: 'lone',
        messages: [{ role: 'user', content: `${String.fromCharCode(0xd83d)} \u0000 ${call}` }],
        maxTokens: 5,
      }),
    message.content,
  );
  await expect.poll(async () => (await app.ends()).map(({ type }) => type)).toEqual(['done']);
});

test('frames are numbered without a gap, and every answer has one end', async ({ app }) => {
  await app.recordFrames();
  await app.ask(COLORS_QUESTION);
  await app.send(STORY);
  await app.answerGrowsTo(60);
  await app.stopButton.click();
  await app.answerEnds();
  const frames = await app.frames();
  expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, i) => frames[0].seq + i));
  const ends = await app.framesOf('end');
  expect(ends.map(({ end }) => end.type)).toEqual(['done', 'aborted']);
  for (const { requestId, end } of ends) {
    const texts = (await app.framesOf('text')).filter((frame) => frame.requestId === requestId);
    expect(texts.map(({ text }) => text).join('')).toBe(end.result?.text);
    expect(texts.at(-1)?.tokens).toBe(end.result?.completionTokens);
    expect(texts.length).toBeGreaterThan(2);
  }
});

test('the page has the named calls and nothing else', async ({ app }) => {
  const found = await app.page.evaluate(() => ({
    calls: Object.keys(window.pyramid).sort(),
    others: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron', 'global', '__dirname'].filter(
      (name) => name in window,
    ),
    frozen: Reflect.set(window.pyramid, 'generate', null),
  }));
  const others = ['language', 'onEngineStatus', 'onMenuCommand', 'onModels', 'onWindowMode', 'pathOfFile'];
  expect(found.calls).toEqual([...Object.keys(contract), ...others].sort());
  expect(found.others).toEqual([]);
  expect(found.frozen).toBe(false);
});

test('the window goes nowhere and opens nothing', async ({ app }) => {
  app.expectedProblems.push(/Not allowed to (load local resource|navigate top frame)/);
  await app.recordFrames();
  const address = 'app://pyramid/index.html';
  expect(app.page.url()).toBe(address);
  const opened = await app.page.evaluate(() => window.open('https://example.com/'));
  expect(opened).toBeNull();
  for (const target of ['https://example.com/', 'file:///etc/passwd', 'data:text/html,<p>x', 'app://other/']) {
    await app.page.evaluate((url) => {
      const link = document.createElement('a');
      link.href = url;
      document.body.append(link);
      link.click();
      link.target = '_blank';
      link.click();
      window.location.assign(url);
    }, target);
  }
  // The page lives: its frames still come in. (Locators would wait for the navigation that never is.)
  await app.page.evaluate((call) => window.pyramid.generate(call), short);
  await expect.poll(async () => (await app.ends()).map(({ type }) => type)).toEqual(['done']);
  expect(await app.page.evaluate(() => window.location.href)).toBe(address);
  expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('scripts in the text, pictures from elsewhere, frames and requests are refused', async ({ app }) => {
  app.expectedProblems.push(
    /Content Security Policy|Content-Security-Policy|Refused to/,
    /Failed to load resource|ERR_/,
  );
  const fetched = await app.page.evaluate(async () => {
    const violated = new Set<string>();
    Object.assign(window, { violated });
    document.addEventListener('securitypolicyviolation', (event) => violated.add(event.effectiveDirective));
    const inline = document.createElement('script');
    inline.textContent = 'window.inlineRan = true';
    const remote = document.createElement('script');
    remote.src = 'https://example.com/x.js';
    const picture = new Image();
    picture.src = 'https://example.com/x.png';
    const frame = document.createElement('iframe');
    frame.src = 'https://example.com/';
    const handler = document.createElement('div');
    handler.setAttribute('onclick', 'window.handlerRan = true');
    const style = document.createElement('style');
    style.textContent = 'body { outline: 1px solid }';
    document.body.append(inline, remote, picture, frame, handler, style);
    handler.click();
    return fetch('https://example.com/').then(
      () => 'reached',
      () => 'refused',
    );
  });
  expect(fetched).toBe('refused');
  const directives = () => app.page.evaluate(() => [...(Reflect.get(window, 'violated') as Set<string>)].sort());
  await expect
    .poll(directives)
    .toEqual(['connect-src', 'frame-src', 'img-src', 'script-src-attr', 'script-src-elem', 'style-src-elem']);
  expect(await app.page.evaluate(() => ['inlineRan', 'handlerRan'].filter((name) => name in window))).toEqual([]);
});
