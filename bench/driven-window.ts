import type { Page } from '@playwright/test';
import type { App } from '../e2e/app.js';
import { ScriptedEngine } from '../e2e/scripted-engine.js';
import type { FrameBody } from '../electron/ipc/frames.js';
import type { KvStats, TextMemory } from '../engine/types.js';

/** The window with a scripted engine, and a clock on what it does with each frame. */
export class DrivenWindow {
  private constructor(
    readonly page: Page,
    private readonly engine: ScriptedEngine,
  ) {}

  static async take(app: App): Promise<DrivenWindow> {
    await app.page.evaluate(() => {
      const handledMs: number[] = [];
      Object.assign(window, { handledMs });
      // What the page does with a frame, React's part included, lies between a listener before its own and one behind it.
      let begun = 0;
      const onmessage = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
      Object.defineProperty(MessagePort.prototype, 'onmessage', {
        ...onmessage,
        set(this: MessagePort, listener: unknown) {
          this.addEventListener('message', () => {
            begun = performance.now();
          });
          onmessage?.set?.call(this, listener);
          this.addEventListener('message', () => handledMs.push(performance.now() - begun));
        },
      });
    });
    return new DrivenWindow(app.page, await ScriptedEngine.take(app));
  }

  /** Sends frames, one every so many milliseconds. Returns how long the page took with each, milliseconds. */
  async send(frames: readonly FrameBody[], everyMs = 0): Promise<number[]> {
    const handled = () => this.page.evaluate(() => Reflect.get(window, 'handledMs') as number[]);
    const from = (await handled()).length;
    await this.engine.sendPaced(frames, everyMs);
    const isDone = ({ count }: { count: number }) => Reflect.get(window, 'handledMs').length >= count;
    await this.page.waitForFunction(isDone, { count: from + frames.length });
    return (await handled()).slice(from);
  }

  /** Writes a message as a user does. Returns the id under which its answer is awaited. */
  async ask(text: string): Promise<string> {
    return await this.engine.ask(text);
  }

  /** Answers what was asked, at once. Returns how long the page took with what is known of the tokens, milliseconds. */
  async answer(requestId: string, text: string, kv: KvStats, memory: TextMemory | null): Promise<number> {
    const timings = { prefillMs: 1, firstTokenMs: 1, decodeMsPerToken: 1 };
    const tokens = kv.generatedTokens;
    const promptTokens = kv.tokensSeen - tokens;
    const counts = { promptTokens, reusedTokens: 0, completionTokens: tokens, seed: 1 };
    const [, , , tookMs] = await this.send([
      { type: 'prefill', requestId, processed: promptTokens, total: promptTokens, reused: 0, promptTokens },
      { type: 'kv', requestId, kv },
      { type: 'text', requestId, text, tokens, timings },
      { type: 'textMemory', requestId, memory, residentBytes: 5e8, deviceBytes: null },
      {
        type: 'end',
        requestId,
        end: { type: 'done', stopReason: 'endToken', result: { text, ...counts, timings, kv } },
      },
    ]);
    return tookMs;
  }
}
