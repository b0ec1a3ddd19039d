import { type App, expect, test } from './app.js';
import { MOST_STOPS, tabTo } from './tab-to.js';
import { COLORS_QUESTION, STORY } from './texts.js';

/** Room around a control in which its ring may be drawn, px; less than the way to its tooltip. */
const RING = 5;

/** Temperature 0, without a mouse. */
async function makeGreedy(app: App): Promise<void> {
  const temperature = app.page.getByRole('slider', { name: 'Temperature' });
  await app.page.keyboard.press('ControlOrMeta+,');
  await tabTo(app, temperature);
  await app.page.keyboard.press('Home');
  await expect(temperature).toHaveValue('0');
  await app.page.keyboard.press('Shift+Escape');
  await expect(app.input).toBeFocused();
}

test('a whole conversation without a mouse', async ({ launch }) => {
  const app = await launch({ waitsForModel: false });
  const { page } = app;
  await app.modelIsLoaded();
  await expect(app.input).toBeFocused();
  await makeGreedy(app);

  await page.keyboard.type('Name three');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('primary colors.');
  await expect(app.input).toHaveValue('Name three\nprimary colors.');
  await page.keyboard.press('Enter');
  await app.answerEnds();
  await expect(app.input).toBeFocused();
  await page.keyboard.type(STORY);
  await page.keyboard.press('Enter');
  await app.answerGrowsTo(30);
  await page.keyboard.press('Escape');
  await app.answerEnds();
  await expect(app.answers.last()).toContainText('Stopped by you');

  await tabTo(app, page.getByRole('button', { name: 'Regenerate' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await app.answerGrowsTo(30);
  await expect(app.answers).toHaveCount(2);
  await expect(app.input).toBeFocused();
  await page.keyboard.press('Escape');
  await app.answerEnds();

  await page.keyboard.press('ControlOrMeta+N');
  await expect(app.answers).toHaveCount(0);
  await expect(app.input).toBeFocused();
  await page.keyboard.type(COLORS_QUESTION);
  await page.keyboard.press('Enter');
  const text = await app.answerEnds();
  await tabTo(app, page.getByRole('button', { name: 'Copy answer' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied = await app.electron.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));

  await tabTo(
    app,
    page.getByRole('navigation').getByRole('button', { name: /^Name three primary colors$|^Name three$/ }),
    'Shift+Tab',
  );
  await page.keyboard.press('Enter');
  await expect(app.answers).toHaveCount(2);
});

test('menus and sides open and close by their keys', async ({ app }) => {
  const { page } = app;
  const menu = page.getByRole('dialog', { name: 'Model' });
  await page.keyboard.press('Shift+Escape');
  await page.keyboard.press('ControlOrMeta+L');
  await expect(menu).toBeVisible();
  await expect.poll(() => menu.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(app.modelPicker).toBeFocused();
  await page.keyboard.press('Enter');
  await tabTo(app, menu.getByRole('button', { name: 'Eject' }));
  await page.keyboard.press('Enter');
  await expect(app.modelPicker).toContainText('Choose a model');
  await page.keyboard.press('ControlOrMeta+L');
  await tabTo(app, menu.getByRole('button', { name: 'SmolLM2 135M Instruct' }));
  await page.keyboard.press('Enter');
  await app.modelIsLoaded();

  for (const [key, side] of [
    ['M', page.getByRole('complementary', { name: 'Memory' })],
    ['B', page.getByRole('complementary', { name: 'Chats', exact: true })],
  ] as const) {
    await expect(side).toBeVisible();
    await page.keyboard.press(`ControlOrMeta+${key}`);
    await expect(side).toHaveCount(0);
    await page.keyboard.press(`ControlOrMeta+${key}`);
    await expect(side).toBeVisible();
  }

  const tabs = page.getByRole('tablist', { name: 'Panel' }).getByRole('tab');
  await tabTo(app, tabs.nth(0));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(tabs.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('region', { name: 'Facts of the model' })).toBeVisible();
});

test('in a narrow window the sides lie over it and Esc closes them', async ({ launch }) => {
  const app = await launch({ size: { width: 900, height: 600 }, waitsForModel: false });
  const { page } = app;
  await app.modelIsLoaded();
  for (const [key, label] of [
    ['M', 'Memory, model and settings'],
    ['B', 'Chats'],
  ] as const) {
    const overlay = page.getByRole('dialog', { name: label });
    await page.keyboard.press(`ControlOrMeta+${key}`);
    await expect(overlay).toBeVisible();
    await page.keyboard.press('Tab');
    expect(await overlay.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await page.keyboard.press('Escape');
    await expect(overlay).toHaveCount(0);
  }
});

test('what goes with the focus in it leaves the focus somewhere', async ({ launch }) => {
  const app = await launch({ waitsForModel: false });
  const { page } = app;
  const settings = page.getByRole('tab', { name: 'Settings' });
  await settings.click();
  await app.resize({ width: 900, height: 600 });
  await expect(app.input).toBeFocused();
  await page.keyboard.press('ControlOrMeta+M');
  await settings.click();
  await app.resize({ width: 1280, height: 800 });
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(app.input).toBeFocused();
  // What was laid over the chat stands beside it now.
  await settings.click();
  await page.keyboard.press('ControlOrMeta+M');
  await expect(app.input).toBeFocused();
  await app.chooseInMenu('Models…');
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(app.modelPicker).toBeFocused();
});

/** How the focused control and its surroundings look, with and without its focus. */
async function looksOfFocus({ page }: App): Promise<{ name: string; focused: Buffer; blurred: Buffer }> {
  const { name, box } = await page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement)) throw new Error('Nothing has the focus.');
    // The message box draws the ring of the text in it, a label the one of an input that is out of sight.
    const shown = element.closest('.box:has(textarea:focus), label') ?? element;
    const { x, y, width, height } = shown.getBoundingClientRect();
    const words = element.ariaLabel || element.textContent || element.id || element.tagName;
    return { name: words.slice(0, 40), box: { x, y, width, height } };
  });
  const viewport = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
  const left = Math.max(0, box.x - RING);
  const top = Math.max(0, box.y - RING);
  const clip = {
    x: left,
    y: top,
    width: Math.min(viewport.width, box.x + box.width + RING) - left,
    height: Math.min(viewport.height, box.y + box.height + RING) - top,
  };
  const focused = await page.screenshot({ clip, animations: 'disabled' });
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  const blurred = await page.screenshot({ clip, animations: 'disabled' });
  return { name, focused, blurred };
}

test('the keyboard reaches every control, and its place is seen', async ({ app }) => {
  const { page } = app;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await app.ask(COLORS_QUESTION);
  const controls = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>('button, a[href], input, textarea, [tabindex="0"]');
    const visible = [...all].filter((element) => element.checkVisibility() && element.tabIndex >= 0);
    return visible.length;
  });
  await page.keyboard.press('Shift+Escape');
  const reached = new Set<string>();
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press('Tab');
    const key = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      const known = element.dataset.reached ?? '';
      element.dataset.reached = 'yes';
      return known;
    });
    if (key === 'yes') break;
    if (key === null) continue;
    const { name, focused, blurred } = await looksOfFocus(app);
    expect(focused.equals(blurred), `“${name}” looks the same with and without the focus`).toBe(false);
    reached.add(`${stop} ${name}`);
  }
  expect(reached.size, [...reached].join('\n')).toBe(controls);
});
