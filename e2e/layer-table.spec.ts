import type { KvParts } from '../engine/types.js';
import { type App, expect, test } from './app.js';
import { longText } from './texts.js';

const PARTS: readonly (keyof KvParts)[] = ['sinks', 'pinned', 'context', 'recent', 'generated'];

/** Tokens and parts of each layer as the table in the panel has them, layer 0 first. */
async function table({ page }: App): Promise<number[][]> {
  const rows = page.getByRole('region', { name: 'Layers as a table' }).getByRole('row');
  const cells = (await rows.allInnerTexts()).slice(1).map((row) => row.trim().split(/\s*\t\s*/));
  return cells.map(([, tokens, , ...parts]) => [tokens, ...parts.slice(0, PARTS.length)].map(toNumber)).reverse();
}

const toNumber = (text: string) => Number(text.replaceAll(',', ''));

/** The same, as the engine reported it last. */
async function reported(app: App): Promise<number[][]> {
  const kv = (await app.framesOf('kv')).at(-1)?.kv;
  return (kv?.layers ?? []).map(({ tokens, parts }) => [tokens, ...PARTS.map((part) => parts[part])]);
}

async function tableIsAsReported(app: App): Promise<number[][]> {
  await expect.poll(async () => JSON.stringify(await table(app))).toBe(JSON.stringify(await reported(app)));
  return await reported(app);
}

for (const preset of ['Off', 'Paper', 'Compact']) {
  test(`under ${preset}, the table has what the engine reported, turn by turn`, async ({ app }) => {
    await app.chooseCompression(preset);
    await app.recordFrames();
    await app.send('Remember: the code of the old lighthouse is 4711.');
    await app.stopAfterAFewWords();
    await tableIsAsReported(app);

    await app.send(`${longText(300)}\n\nWhat is this about?`);
    await app.stopAfterAFewWords();
    await tableIsAsReported(app);
    await app.page.getByRole('button', { name: 'Regenerate' }).click();
    await app.stopAfterAFewWords();
    const unpinned = await tableIsAsReported(app);
    expect(unpinned.map(([, , pinned]) => pinned)).toEqual(unpinned.map(() => 0));
    const dropsSome = unpinned.some(([tokens]) => tokens < Math.max(...unpinned.map(([all]) => all)));
    expect(dropsSome).toBe(preset !== 'Off');

    await app.page.keyboard.press('Control+Shift+P');
    await app.send('And what else?');
    await app.stopAfterAFewWords();
    const pinned = await tableIsAsReported(app);
    expect(Math.max(...pinned.map(([, , count]) => count))).toBeGreaterThan(200);
  });
}
