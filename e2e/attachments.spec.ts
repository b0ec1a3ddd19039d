import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type App, expect, test } from './app.js';
import { PROJECT } from './app-process.js';
import { expectNoViolations } from './axe.js';
import { longText } from './texts.js';

const FILES = join(PROJECT, 'e2e', 'files');
const pathOf = (name: string) => join(FILES, name);
const piecesOf = ({ page }: App) => page.getByRole('list', { name: 'Attached texts' }).getByRole('listitem');
const choose = ({ page }: App, ...names: string[]) => page.locator('input[type=file]').setInputFiles(names.map(pathOf));

/** As if the user dropped it on the window, or pasted it into the box. */
async function hand({ page }: App, how: 'drop' | 'paste', name: string, bytes: Buffer): Promise<void> {
  await page.evaluate(
    ({ type, fileName, content }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(content)], fileName));
      const event =
        type === 'drop'
          ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
          : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      (type === 'drop' ? document.body : document.querySelector('textarea'))?.dispatchEvent(event);
    },
    { type: how, fileName: name, content: [...bytes] },
  );
}

test('a PDF, a DOCX and a text are read, counted, sent and shown again', async ({ app }) => {
  const { page } = app;
  const pieces = piecesOf(app);
  await choose(app, 'notes.pdf', 'notes.docx');
  await expect(pieces).toHaveCount(2);
  await expect(pieces.nth(0)).toHaveText(/^notes\.pdfPDF · 126 B · \d+ tokens$/);
  await expect(pieces.nth(1)).toHaveText(/^notes\.docxDOCX · 1\d\d B · \d+ tokens$/);
  await hand(app, 'drop', 'levels.csv', Buffer.from('mark,level\nupper,87\n'));
  await expect(pieces.nth(2)).toHaveText(/^levels\.csvtext file · 19 B · \d+ tokens$/);
  await hand(app, 'paste', 'main.py', Buffer.from('print("hello")'));
  await expect(pieces.nth(3)).toHaveText(/^main\.pytext file · 14 B · \d+ tokens$/);
  await page.getByRole('button', { name: 'Remove notes.docx' }).click();
  await expect(pieces).toHaveCount(3);
  await expect(page.getByText(/to read, memory then/)).toBeVisible();

  await app.send('What is the password?');
  await app.stopAfterAFewWords();
  await expect(pieces).toHaveCount(0);
  const bubble = page.getByRole('article', { name: 'You' });
  await bubble.getByRole('button', { name: /^notes\.pdf/ }).click();
  await expect(bubble.getByRole('region', { name: 'notes.pdf' })).toHaveText(
    /^Notes of the harbour master.*"marmalade"\.$/s,
  );

  // What the model has of it, by its own tokens.
  await page.keyboard.press('Control+Shift+M');
  const held = page.getByRole('region', { name: 'What the model holds of this chat' });
  await expect(held).toContainText(/What is the password\?\s+\[File: notes\.pdf\]\s+Notes of the harbour master/);
  await expect(held).toContainText(/\[End of file: notes\.pdf\].*\[File: levels\.csv\].*\[File: main\.py\]/s);
});

test('files that cannot be read say why, and harm nothing', async ({ app }) => {
  const { page } = app;
  const pieces = piecesOf(app);
  await choose(app, 'scan.pdf', 'locked.pdf');
  await expect(pieces.nth(0)).toContainText(/This file has no text\..*“scan\.pdf”.*text recognition/);
  await expect(pieces.nth(1)).toContainText(/This file is locked\..*“locked\.pdf” has a password/);
  const pdf = await readFile(pathOf('notes.pdf'));
  await hand(app, 'drop', 'cut.pdf', pdf.subarray(0, 40));
  await expect(pieces.nth(2)).toContainText(/This file cannot be read\..*“cut\.pdf” is a broken PDF/);
  await hand(app, 'drop', 'picture.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]));
  await expect(pieces.nth(3)).toContainText(/This kind of file cannot be attached\..*Text, code, PDF and DOCX/);
  await expectNoViolations(app, 'files that could not be read');
  await page.getByRole('button', { name: 'Close', exact: true }).first().click();
  await expect(pieces).toHaveCount(3);
  await hand(app, 'drop', 'good.txt', Buffer.from('All is well.'));
  await expect(pieces.filter({ hasText: 'good.txt' })).toHaveText(/text file · 12 B/);
});

test('a long paste becomes a line, and text again when asked', async ({ app }) => {
  const pieces = piecesOf(app);
  const text = longText(1200);
  await app.input.fill('Sum this up:');
  await app.page.evaluate((pasted) => {
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    document.querySelector('textarea')?.dispatchEvent(event);
  }, text);
  await expect(pieces).toHaveText(/^Note 1\. The tide gauge.*pasted · \d kB · [\d,]+ tokens$/);
  await app.page.getByRole('button', { name: 'Put it into the message' }).click();
  await expect(pieces).toHaveCount(0);
  await expect(app.input).toHaveValue(`Sum this up:\n\n${text}`);
  await expect(app.input).toBeFocused();
});
