import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { App } from '../e2e/app.js';
import type { ModelState } from '../electron/ipc/frames.js';
import { DEFAULT_TEXT } from '../engine/cli/places.js';
import { READY } from '../renderer/src/fixtures/ready-model.js';
import { DrivenWindow } from './driven-window.js';
import { withApp } from './opened-app.js';
import { kvAtStep, memoryOf } from './window-material.js';
import { installProbe, readProbe, resetProbe } from './window-probes.js';

/** One thing that the window does, each time milliseconds. */
export interface WindowRow {
  what: string;
  times: readonly number[];
  /** At most so many; null: nothing was set. */
  aim: number | null;
}

export interface WindowResult {
  rows: WindowRow[];
  versions: Record<string, string>;
}

/** How much each part is asked to do. */
interface WindowPlan {
  typed: number;
  steps: number;
  toggles: number;
  turns: number;
}

const WHOLE_PLAN: WindowPlan = { typed: 60, steps: 150, toggles: 12, turns: 10 };
const QUICK_PLAN: WindowPlan = { typed: 10, steps: 20, toggles: 4, turns: 2 };

const DRAFT_BYTES = 200_000;
/** Short enough to be kept as typed, as long as there are few. */
const TYPED_PIECE = 3900;
const BARS = { layers: 48, tokens: 32_768 };
const SURVIVAL_LAYERS = 30;
const TURN_WORDS = { question: 2000, answer: 1000 };
/** The shortest time of a key that the browser reports; a shorter one counts as this. */
const LEAST_KEY_MS = 16;
const STATS_EVERY_MS = 100;

/** Opens the app with the default model and measures its window. */
export function measureWindow(quick: boolean, progress: (text: string) => void): Promise<WindowResult> {
  return withApp({}, progress, async (app) => {
    await app.modelIsLoaded();
    const rows = await measureParts(app, quick ? QUICK_PLAN : WHOLE_PLAN, progress);
    return { rows, versions: await versionsOf(app) };
  });
}

async function versionsOf({ electron }: App): Promise<Record<string, string>> {
  return await electron.evaluate(({ app }) => ({
    Electron: process.versions.electron,
    Chromium: process.versions.chrome,
    '2D canvas': app.getGPUFeatureStatus()['2d_canvas'],
  }));
}

/** Afterwards the benchmark is in the engine's place. */
async function measureParts(app: App, plan: WindowPlan, progress: (text: string) => void): Promise<WindowRow[]> {
  const words = (await readFile(DEFAULT_TEXT, 'utf8')).match(/\S+\s*/g) ?? [];
  await installProbe(app.page);
  const typing = await measureTyping(app, words.join(''), plan, progress);
  // Else it would read what is sent below.
  await app.modelPicker.click();
  await app.page.getByRole('button', { name: 'Eject' }).click();
  await app.modelPicker.getByText('Choose a model').waitFor();
  await app.page.keyboard.press('Escape');
  const driven = await DrivenWindow.take(app);
  return [
    ...(await measureDrawing(driven, plan, progress)),
    ...(await measureSurvival(driven, words, plan, progress)),
    ...typing,
  ];
}

/** With the forecast on, which the engine makes each time when typing rests. */
async function measureTyping(
  app: App,
  text: string,
  { typed }: WindowPlan,
  progress: (text: string) => void,
): Promise<WindowRow[]> {
  progress('typing behind a pasted text');
  const draft = text.slice(0, DRAFT_BYTES);
  await app.paste(draft);
  await app.page.locator('.fore').waitFor({ timeout: 60_000 });
  const behindPaste = await typeKeys(app.page, typed);
  await app.page.getByRole('button', { name: 'Remove the pasted text' }).click();
  progress('typing behind a text pasted piece by piece');
  await app.input.fill('');
  for (let from = 0; from < DRAFT_BYTES; from += TYPED_PIECE) {
    await app.paste(draft.slice(from, from + TYPED_PIECE));
  }
  const behindPieces = await typeKeys(app.page, typed);
  await app.input.fill('');
  return [
    { what: 'Keystroke behind a pasted 200 kB, to paint', times: behindPaste, aim: 50 },
    { what: 'Keystroke behind 200 kB pasted in pieces, to paint', times: behindPieces, aim: 50 },
  ];
}

/** Types at a quick pace, with rests in which the forecast is asked for. */
async function typeKeys(page: Page, count: number): Promise<number[]> {
  await resetProbe(page);
  for (let key = 0; key < count; key++) {
    await page.keyboard.press(key % 6 === 5 ? 'Space' : 'e');
    await page.waitForTimeout(key % 10 === 9 ? 500 : 80);
  }
  const { keys } = await readProbe(page);
  return [...keys, ...new Array<number>(Math.max(0, count - keys.length)).fill(LEAST_KEY_MS)];
}

async function measureDrawing(
  driven: DrivenWindow,
  { steps }: WindowPlan,
  progress: (text: string) => void,
): Promise<WindowRow[]> {
  progress(`drawing ${BARS.layers} layers of ${BARS.tokens} tokens`);
  await driven.send([{ type: 'model', model: modelOf(BARS.layers) }]);
  const requestId = await driven.ask('How do bars glide?');
  const frames = Array.from({ length: steps }, (_, step) => ({
    type: 'kv' as const,
    requestId,
    kv: kvAtStep(BARS.layers, BARS.tokens, step),
  }));
  await driven.send(frames.slice(0, 5), STATS_EVERY_MS);
  await resetProbe(driven.page);
  const handled = await driven.send(frames.slice(5), STATS_EVERY_MS);
  const { drawing, whole } = (await readProbe(driven.page)).frames;
  await driven.answer(requestId, 'By and by.', kvAtStep(BARS.layers, BARS.tokens, steps), null);
  return [
    { what: 'Layer view: drawing a frame', times: drawing, aim: 4 },
    { what: 'Layer view: all of that frame on the main thread', times: whole, aim: null },
    { what: 'Statistics taken in, with what else shows them', times: handled, aim: null },
  ];
}

async function measureSurvival(
  driven: DrivenWindow,
  words: readonly string[],
  { turns, toggles }: WindowPlan,
  progress: (text: string) => void,
): Promise<WindowRow[]> {
  const { page } = driven;
  const perTurn = TURN_WORDS.question + TURN_WORDS.answer;
  progress(`the survival view of ${turns * perTurn} tokens`);
  await page.getByRole('button', { name: /^New chat( Ctrl|$)/ }).click();
  await driven.send([{ type: 'model', model: modelOf(SURVIVAL_LAYERS) }]);
  const takenIn: number[] = [];
  let text = '';
  for (let turn = 0; turn < turns; turn++) {
    const said = words.slice(turn * perTurn, (turn + 1) * perTurn);
    const question = said.slice(0, TURN_WORDS.question).join('').trim();
    const answer = said.slice(TURN_WORDS.question).join('').trim();
    const requestId = await driven.ask(question);
    text += `user\n${question}\nassistant\n${answer}\n`;
    const kv = kvAtStep(SURVIVAL_LAYERS, turn * perTurn + TURN_WORDS.question, TURN_WORDS.answer);
    takenIn.push(await driven.answer(requestId, answer, kv, memoryOf(text, SURVIVAL_LAYERS)));
  }
  const view = page.getByRole('region', { name: 'What the model holds of this chat' });
  const on: number[] = [];
  const off: number[] = [];
  for (let toggle = 0; toggle < toggles; toggle++) {
    on.push(await pressAndPaint(page, 'Control+Shift+M'));
    await view.waitFor();
    off.push(await pressAndPaint(page, 'Control+Shift+M'));
  }
  await page.keyboard.press('Control+Shift+M');
  await view.waitFor();
  const scrolling = await measureScrolling(page, progress);
  return [
    { what: 'Survival view on, key to paint', times: on, aim: 200 },
    { what: 'Survival view off, key to paint', times: off, aim: null },
    { what: 'Survival view: what is known of all tokens taken in', times: takenIn.slice(-1), aim: null },
    ...scrolling,
  ];
}

async function measureScrolling(page: Page, progress: (text: string) => void): Promise<WindowRow[]> {
  progress('scrolling and pointing in the survival view');
  const box = await page.getByRole('region', { name: 'What the model holds of this chat' }).boundingBox();
  if (!box) throw new Error('The survival view is not there.');
  const [left, top] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(left, top);
  await page.waitForTimeout(500);
  await resetProbe(page);
  for (let turn = 0; turn < 60; turn++) {
    await page.mouse.wheel(0, turn < 40 ? 400 : 8000);
    await page.waitForTimeout(50);
  }
  const scrolled = (await readProbe(page)).longest;
  await resetProbe(page);
  for (let step = 0; step < 60; step++) {
    await page.mouse.move(left + 4 * (step % 30), top + step);
    await page.waitForTimeout(30);
  }
  const pointed = (await readProbe(page)).longest;
  return [
    { what: 'Scrolling in it, longest frame', times: [scrolled], aim: 100 },
    { what: 'Pointing at its words, longest frame', times: [pointed], aim: 100 },
  ];
}

async function pressAndPaint(page: Page, key: string): Promise<number> {
  await resetProbe(page);
  await page.keyboard.press(key);
  const { keys } = await readProbe(page);
  return Math.max(LEAST_KEY_MS, ...keys);
}

function modelOf(layers: number): ModelState {
  return {
    ...READY,
    model: {
      name: `Model of ${layers} layers`,
      path: '/of-the-benchmark.gguf',
      fileBytes: 1e9,
      hash: String(layers).padStart(64, '0'),
      architecture: 'llama',
      quantization: 'Q4_1',
      parameters: 1e9,
      layers,
      hiddenSize: 576,
      numHeads: 9,
      numKvHeads: 3,
      headDim: 64,
      vocabSize: 49_152,
      contextLength: 65_536,
      tokenizer: 'gpt2',
    },
    runtime: { ...READY.runtime, contextLength: 65_536 },
    residentBytes: 5e8,
    deviceBytes: null,
  };
}
