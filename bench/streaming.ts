import type { App } from '../e2e/app.js';
import { ScriptedEngine, WITHOUT_MODEL } from '../e2e/scripted-engine.js';
import { withApp } from './opened-app.js';
import { answerOf, CHARACTERS_PER_TOKEN, KINDS, type Kind, pieces } from './streaming-text.js';

/** As the engine process sends it at most. */
const FRAMES_PER_SECOND = 30;
const TOKENS_PER_SECOND = 100;
const CHAT_TOKENS = 20_000;
const TURN_TOKENS = 1000;
const CASES: readonly [what: Kind, begun: number][] = [
  ['of everything', 0],
  ['of everything', 2000],
  ['of everything', 8000],
  ['one list', 2000],
  ['one table', 2000],
  ['one block of code', 2000],
];

export interface StreamingRow {
  /** What the answer is made of. */
  what: Kind;
  /** What it has already when the measurement begins, tokens. */
  begun: number;
  /** Tokens that came while it was measured, one after the other. */
  tokens: number;
  framesPerSecond: number;
  /** The longest time between two frames, milliseconds. */
  longestFrame: number;
  /** Work of more than 50 ms at a stretch: how often, and the longest of it in milliseconds. */
  longTasks: number;
  longestTask: number;
}

type Asked = Pick<StreamingRow, 'what' | 'begun' | 'tokens'>;
type Watched = Omit<StreamingRow, keyof Asked>;

export interface StreamingResult {
  rows: StreamingRow[];
  /** From a word typed into the find bar to all its matches marked, milliseconds. */
  findMs: number;
  versions: Record<string, string>;
}

interface StreamingPlan {
  quick: boolean;
}

/** How smoothly the window goes on while an answer is written into a long chat, at 100 tokens a second. */
export function measureStreaming(
  { quick }: StreamingPlan,
  onProgress: (text: string) => void,
): Promise<StreamingResult> {
  return withApp(WITHOUT_MODEL, onProgress, async (app) => {
    const engine = await ScriptedEngine.connect(app);
    onProgress(`A chat of ${CHAT_TOKENS} tokens`);
    for (let turn = 0; turn < CHAT_TOKENS / TURN_TOKENS; turn++) {
      await engine.answer(`Question ${turn + 1}`, answerOf(TURN_TOKENS, turn));
    }
    const findMs = await measureFinding(app);
    const rows: StreamingRow[] = [];
    for (const [what, begun] of quick ? CASES.slice(0, 1) : CASES) {
      onProgress(`${what}, from token ${begun} on`);
      rows.push(await measureOne(app, engine, { what, begun, tokens: quick ? 200 : 2000 }));
    }
    const electron = await app.electron.evaluate(() => process.versions.electron);
    return { rows, findMs, versions: { electron } };
  });
}

async function measureOne(app: App, engine: ScriptedEngine, plan: Asked): Promise<StreamingRow> {
  const { what, begun, tokens } = plan;
  const requestId = await engine.ask('And now?');
  const text = KINDS[what](begun + tokens, 100);
  const cut = begun * CHARACTERS_PER_TOKEN;
  await engine.stream(requestId, [text.slice(0, cut)], FRAMES_PER_SECOND);
  await app.page.waitForTimeout(1000);
  const stop = await watchFrames(app);
  await engine.stream(requestId, pieces(text.slice(cut), TOKENS_PER_SECOND / FRAMES_PER_SECOND), FRAMES_PER_SECOND);
  const watched = await stop();
  await engine.end(requestId, text);
  return { ...plan, ...watched };
}

async function measureFinding({ page }: App): Promise<number> {
  await page.keyboard.press('Control+F');
  const input = page.getByRole('search').getByRole('textbox');
  const took = await input.evaluate(async (element: HTMLInputElement, word) => {
    const start = performance.now();
    // As typing does it, past the page's own record of the value.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(element, word);
    element.dispatchEvent(new InputEvent('input', { bubbles: true }));
    while (!CSS.highlights.get('find')?.size) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now() - start;
  }, 'gauge');
  await page.keyboard.press('Escape');
  return took;
}

/** Looks at every frame of the window until it is told to stop. */
async function watchFrames({ page }: App): Promise<() => Promise<Watched>> {
  await page.evaluate(() => {
    const frames: number[] = [];
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    );
    observer.observe({ type: 'longtask' });
    let watching = true;
    const look = (time: number) => {
      frames.push(time);
      if (watching) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    const stopWatching = () => {
      watching = false;
      observer.disconnect();
      const gaps = frames.slice(1).map((time, i) => time - frames[i]);
      return {
        framesPerSecond: (1000 * gaps.length) / (frames[frames.length - 1] - frames[0]),
        longestFrame: Math.max(...gaps),
        longTasks: tasks.length,
        longestTask: Math.max(0, ...tasks),
      };
    };
    Object.assign(window, { stopWatching });
  });
  return () => page.evaluate(() => (Reflect.get(window, 'stopWatching') as () => Watched)());
}
