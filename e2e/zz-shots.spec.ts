import { join } from 'node:path';
import { PROJECT, test } from './app.js';
import { ScriptedEngine, WITHOUT_MODEL } from './scripted-engine.js';
const TEXT = `The tide gauge stands at the [harbour wall](https://example.org). It was **read** at noon, and $\\bar{x} = 3.2$ was the mean \\(n = 12\\).

| Mark | Level | State |
| --- | ---: | --- |
| Upper | 87 cm | painted |
| Lower | 12 cm | worn |

\\[ L = \\frac{1}{n} \\sum_{i=1}^{n} l_i \\quad\\text{with}\\quad l_i \\ge 0 \\]

1. One thing, [https://bank.com](https://bank.com@evil.org/)
2. ![a harbour](https://example.org/a.png) and \u202egpj.exe

\`\`\`python
def levels(gauge):
    return [read(gauge, mark) for mark in gauge.marks if mark.is_painted and not mark.is_under_water]  # as written
\`\`\`

\`\`\`mermaid
graph TD; A-->B
\`\`\`
`;
test('shots', async ({ launch }) => {
  const app = await launch(WITHOUT_MODEL);
  const engine = await ScriptedEngine.connect(app);
  const { page } = app;
  const shot = (n: string) => page.screenshot({ path: join(PROJECT, 'test-results/zz', n + '.png') });
  await app.page.locator('input[type=file]').setInputFiles(['notes.pdf','notes.docx'].map((f) => join(PROJECT,'e2e/files',f)));
  await page.getByText('DOCX ·').waitFor();
  await engine.answer('What of the gauge at the harbour wall?', TEXT);
  await app.page.locator('input[type=file]').setInputFiles(['notes.pdf','scan.pdf','locked.pdf'].map((f) => join(PROJECT,'e2e/files',f)));
  await page.getByText('has a password').waitFor();
  await app.input.fill('What do these say?');
  await shot('a-light');
  await app.setTheme('dark'); await shot('a-dark');
  for (let i = 0; i < 3; i++) await page.locator('.pieces li .ib').first().click();
  await page.locator('.scroll').evaluate((e) => { e.scrollTop = 0; });
  await page.getByRole('button', { name: /Wrap long/ }).first().click();
  await page.keyboard.press('Control+F'); await page.keyboard.type('gauge');
  await page.waitForTimeout(400);
  await shot('b-dark'); await app.setTheme('light'); await shot('b-light');
  await app.resize({ width: 900, height: 600 }); await shot('b-small');
  await app.resize({ width: 720, height: 560 }); await shot('b-tiny');
  await app.resize({ width: 1280, height: 800 });
  await page.keyboard.press('Escape');
  await page.evaluate(() => { const d = new DataTransfer(); d.items.add(new File(['x'],'a.txt')); document.body.dispatchEvent(new DragEvent('dragover',{dataTransfer:d,bubbles:true,cancelable:true})); });
  await shot('c-drop');
});
