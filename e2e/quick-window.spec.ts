import { type App, expect, test } from './app.js';
import { expectNoViolations } from './axe.js';
import { COLORS_QUESTION } from './texts.js';

/** Takes the key by the settings, in such a way that the test can press it from outside of the window. */
async function takeKey({ electron, page }: App): Promise<void> {
  await electron.evaluate(({ globalShortcut }) => {
    const register = globalShortcut.register.bind(globalShortcut);
    globalShortcut.register = (keys, press) => {
      Object.assign(globalThis, { press });
      return register(keys, press);
    };
  });
  await page.getByRole('button', { name: /^Settings/ }).click();
  await page.getByRole('checkbox', { name: 'Quick window from anywhere' }).click();
  await expect(page.getByRole('textbox', { name: 'Keys' })).toHaveValue('Ctrl Shift Space');
}

function look({ electron }: App) {
  return electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const { width, height } = window.getBounds();
    return { isVisible: window.isVisible(), isOnTop: window.isAlwaysOnTop(), width, height };
  });
}

const hide = ({ electron }: App) => electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].hide());

const QUICK = { isVisible: true, isOnTop: true, width: 640, height: 420 };

/** Of the page, which hears of it after the window has it. */
const widthIs = ({ page }: App, width: number) => expect.poll(() => page.evaluate(() => innerWidth)).toBe(width);

async function openByKey(app: App): Promise<void> {
  await app.electron.evaluate(() => Reflect.get(globalThis, 'press')());
  await expect.poll(() => look(app)).toEqual(QUICK);
  await expect(app.page.getByRole('button', { name: /^From the quick window/ })).toBeVisible();
  await widthIs(app, QUICK.width);
}

test('a key brings the window as a small one, with a chat that is kept, and puts it away again', async ({ launch }) => {
  const app = await launch();
  const { page } = app;
  await app.send('What the whole window is about');
  await app.stopAfterAFewWords();
  await takeKey(app);
  const whole = await look(app);
  await hide(app);

  await openByKey(app);
  await expect(app.input).toBeFocused();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New chat');
  await app.send(COLORS_QUESTION);
  await app.answerGrowsTo(5);
  await page.keyboard.press('Escape');
  await app.answerEnds();
  await expect(app.answers).toHaveCount(1);
  for (const theme of ['light', 'dark'] as const) {
    await app.setTheme(theme);
    await expectNoViolations(app, `the quick window, ${theme}`);
  }
  await page.keyboard.press('Escape');
  await expect.poll(() => look(app)).toEqual({ ...whole, isVisible: false });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What the whole window is about');

  // Once more: the same chat; in the whole window it is one like any other.
  await openByKey(app);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(COLORS_QUESTION);
  await page.keyboard.press('ControlOrMeta+N');
  await expect(app.answers).toHaveCount(0);
  await app.input.fill('a draft');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect.poll(() => look(app)).toEqual(whole);
  await expect(app.input).toHaveValue('a draft');
  await expect(page.getByRole('navigation').getByText(COLORS_QUESTION)).toBeVisible();

  // Another program is used, or the small window is closed: it goes, and the app stays. So it is from the tray.
  await hide(app);
  await openByKey(app);
  // The driver lets the page believe that it always has the focus.
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await expect.poll(() => look(app)).toEqual({ ...whole, isVisible: false });
  await openByKey(app);
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
  await expect.poll(() => look(app)).toEqual({ ...whole, isVisible: false });
  // What has no room in it makes it the whole window.
  await openByKey(app);
  await page.keyboard.press('ControlOrMeta+,');
  await expect.poll(() => look(app)).toEqual(whole);
  await expect(page.getByRole('tab', { name: 'Settings' })).toHaveAttribute('aria-selected', 'true');
  // Where something is written, the focus is, and stays as the window grows.
  const fields = {
    F: page.getByRole('textbox', { name: 'Find in chat' }),
    'Shift+F': page.getByRole('searchbox', { name: 'Search chats' }),
    I: page.getByRole('textbox', { name: 'System prompt' }),
  };
  for (const [key, field] of Object.entries(fields)) {
    await openByKey(app);
    await page.keyboard.press(`ControlOrMeta+${key}`);
    await expect.poll(() => look(app)).toEqual(whole);
    await widthIs(app, whole.width);
    await expect(page.getByRole('navigation', { name: 'Chat history' })).toBeVisible();
    await expect(field).toBeFocused();
  }
});
