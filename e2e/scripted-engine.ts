import type { FrameBody } from '../electron/ipc/frames.js';
import type { GenerateTimings, ModelInfo } from '../engine/types.js';
import { kvOf } from '../renderer/src/fixtures/kv.js';
import { READY } from '../renderer/src/fixtures/ready-model.js';
import { type App, expect } from './app.js';

const TIMINGS: GenerateTimings = { prefillMs: 10, firstTokenMs: 20, decodeMsPerToken: 10 };
const MODEL = { name: 'Scripted', numKvHeads: 1, contextLength: 100_000, parameters: 1 } as ModelInfo;
const MISSING = '/no/model/here.gguf';

/** Launch the app with these: its own engine has no model then, and stays silent. */
export const WITHOUT_MODEL = { args: ['--model', MISSING], waitsForModel: false };

/** The engine's end of the window's port: the window shows what a test has it say, as fast as it says it. */
export class ScriptedEngine {
  private constructor(private readonly app: App) {}

  static async connect(app: App): Promise<ScriptedEngine> {
    app.expectedProblems.push(/here\.gguf/);
    await expect(app.notices).toContainText('The model file is not there.');
    const engine = await ScriptedEngine.take(app);
    await engine.send({ type: 'model', model: { ...READY, model: { ...READY.model, ...MODEL } } });
    return engine;
  }

  /** Takes the engine's place; what that one still sends reaches nobody. */
  static async take(app: App): Promise<ScriptedEngine> {
    await app.page.evaluate(() => {
      const { port1, port2 } = new MessageChannel();
      let seq = 0;
      Object.assign(window, { scriptedFrame: (body: object) => port1.postMessage({ seq: ++seq, ...body }) });
      window.postMessage('engine-port', location.origin, [port2]);
    });
    return new ScriptedEngine(app);
  }

  async send(...bodies: FrameBody[]): Promise<void> {
    await this.app.page.evaluate((all) => {
      const send = Reflect.get(window, 'scriptedFrame') as (body: object) => void;
      for (const body of all) send(body);
    }, bodies);
  }

  /** One after the other, each at its time; done when the last was sent. */
  async sendPaced(bodies: readonly FrameBody[], everyMs: number): Promise<void> {
    await this.app.page.evaluate(
      async ({ all, pause }) => {
        const send = Reflect.get(window, 'scriptedFrame') as (body: object) => void;
        const start = performance.now();
        for (const [index, body] of all.entries()) {
          await new Promise((resolve) => setTimeout(resolve, start + index * pause - performance.now()));
          send(body);
        }
      },
      { all: bodies, pause: everyMs },
    );
  }

  /** Asks by the window. Returns the answer's id, under which its frames have to come. */
  async ask(question: string): Promise<string> {
    const { answers, input } = this.app;
    const before = await answers.count();
    await input.fill(question);
    await input.press('Enter');
    await expect(answers).toHaveCount(before + 1);
    return (await answers.last().getAttribute('data-message')) ?? '';
  }

  async end(requestId: string, text: string): Promise<void> {
    const tokens = Math.ceil(text.length / 4);
    const result = {
      text,
      promptTokens: 20,
      reusedTokens: 0,
      completionTokens: tokens,
      seed: 1,
      timings: TIMINGS,
      kv: { ...kvOf(tokens), contextLength: MODEL.contextLength },
    };
    await this.send({ type: 'end', requestId, end: { type: 'done', stopReason: 'endToken', result } });
  }

  /** The whole answer at once. */
  async answer(question: string, text: string): Promise<void> {
    const requestId = await this.ask(question);
    await this.send({ type: 'text', requestId, text, tokens: Math.ceil(text.length / 4), timings: TIMINGS });
    await this.end(requestId, text);
    await expect(this.app.sendButton).toBeVisible();
  }

  /** Writes an answer a piece at a time, `perSecond` frames of the port; done when the last was sent. */
  async stream(requestId: string, pieces: readonly string[], perSecond: number): Promise<void> {
    const frames = pieces.map(
      (text, index): FrameBody => ({ type: 'text', requestId, text, tokens: index + 1, timings: TIMINGS }),
    );
    await this.sendPaced(frames, 1000 / perSecond);
  }
}
