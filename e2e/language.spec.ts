import { type App, expect, test } from './app.js';
import { tabTo } from './tab-to.js';
import { COLORS_QUESTION } from './texts.js';
import { untranslated } from './untranslated.js';

function menuLabels({ electron }: App): Promise<string[]> {
  return electron.evaluate(({ Menu }) => {
    const menus = Menu.getApplicationMenu()?.items ?? [];
    return menus.flatMap(({ label, submenu }) => [label, ...(submenu?.items ?? []).map((item) => item.label)]);
  });
}

/** By the keyboard, in the settings. */
async function chooseGerman(app: App): Promise<void> {
  const { page } = app;
  await page.keyboard.press('ControlOrMeta+,');
  await tabTo(app, page.getByRole('group', { name: 'Language' }).getByRole('radio', { name: 'System' }));
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('radio', { name: 'Deutsch' })).toBeChecked();
}

/** Each of the main surfaces in turn. */
async function walk({ page }: App): Promise<string[]> {
  const found: string[] = [];
  const look = async (where: string) => found.push(...(await untranslated(page)).map((text) => `${where}: ${text}`));
  for (const name of ['Gedächtnis', 'Modell', 'Einstellungen']) {
    await page.getByRole('tab', { name, exact: true }).click();
    await look(name);
  }
  await page.keyboard.press('ControlOrMeta+/');
  await expect(page.getByRole('dialog', { name: 'Tastenkürzel' })).toContainText('Neuer Chat');
  await look('keys');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+K');
  await expect(page.getByRole('dialog')).toBeVisible();
  await look('palette');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Modell:/ }).click();
  await look('model');
  await page.getByText('Alle Modelle und Downloads…').click();
  for (const name of ['Auf diesem Computer', 'Zum Herunterladen']) {
    await page.getByRole('tab', { name }).click();
    await look(name);
  }
  await page.getByRole('dialog', { name: 'Modelle' }).getByRole('button', { name: 'Schließen' }).click();
  return found;
}

test('another language is there at once, everywhere, and at the next start; focus and text stay', async ({
  launch,
}) => {
  const app = await launch();
  const { page } = app;
  await app.send(COLORS_QUESTION);
  await app.stopAfterAFewWords();
  const answer = await app.lastText();
  expect(await untranslated(page)).toEqual(expect.arrayContaining([expect.stringContaining('New chat')]));
  await chooseGerman(app);
  await expect(page.getByRole('radio', { name: 'Deutsch' })).toBeFocused();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('tab', { name: 'Einstellungen' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('slider', { name: 'Temperatur' })).toBeVisible();
  await expect(page.getByText('0,0', { exact: true })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Kontext: 8.192 Tokens' })).toBeVisible();
  await expect(page.locator('article .md').last()).toHaveText(answer);
  expect(await menuLabels(app)).toEqual(
    expect.arrayContaining(['&Datei', 'Neuer Chat', '&Bearbeiten', 'Kopieren', 'Beenden', 'Vollbild']),
  );
  expect(await walk(app)).toEqual([]);

  await app.quit();
  const next = await launch({ userData: app.userData, waitsForModel: false });
  await next.page.addInitScript(() => {
    Object.assign(window, { titles: new Set() });
    new MutationObserver(() => {
      for (const { textContent } of document.querySelectorAll('h1')) Reflect.get(window, 'titles').add(textContent);
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });
  await next.page.reload();
  await expect(next.page.getByRole('button', { name: 'Einstellungen (Strg ,)' })).toBeVisible();
  expect(await next.page.evaluate(() => [...Reflect.get(window, 'titles')])).not.toContain('New chat');
  expect(await menuLabels(next)).toContain('&Datei');

  await next.page.keyboard.press('ControlOrMeta+,');
  await next.page.getByText('English', { exact: true }).click();
  await expect(next.page.getByRole('tab', { name: 'Settings' })).toBeVisible();
  await expect(next.page.locator('html')).toHaveAttribute('lang', 'en');
  await expect.poll(() => menuLabels(next)).toContain('&File');
  // What was chosen since the window opened is the first language of its next page, too.
  await next.page.reload();
  await expect(next.page.getByRole('button', { name: 'Settings (Ctrl ,)' })).toBeVisible();
  expect(await next.page.evaluate(() => [...Reflect.get(window, 'titles')])).toEqual(['New chat']);
});
