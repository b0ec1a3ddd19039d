import type { Page } from '@playwright/test';
import type { FrameBody } from '../electron/ipc/frames.js';
import type { KvStats, TextMemory } from '../engine/types.js';

/** The window with the benchmark in the engine's place: it sends the frames, by a port as the engine's. */
export class DrivenWindow {
  private constructor(readonly page: Page) {}

  /** Takes the engine's place; what that one still sends reaches nobody. */
  static async take(page: Page): Promise<DrivenWindow> {
    await page.evaluate(() => {
      const line = { port: null as MessagePort | null, seq: 0, handledMs: [] as number[] };
      Object.assign(window, { benchLine: line });
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
          this.addEventListener('message', () => line.handledMs.push(performance.now() - begun));
        },
      });
      const channel = new MessageChannel();
      line.port = channel.port1;
      window.postMessage('engine-port', window.location.origin, [channel.port2]);
    });
    return new DrivenWindow(page);
  }

  /** Sends frames, one every so many milliseconds. Returns how long the page took with each, milliseconds. */
  async send(frames: readonly FrameBody[], everyMs = 0): Promise<number[]> {
    return await this.page.evaluate(
      async ({ bodies, pauseMs }) => {
        const line = Reflect.get(window, 'benchLine') as { port: MessagePort; seq: number; handledMs: number[] };
        const from = line.handledMs.length;
        for (const body of bodies) {
          line.port.postMessage({ ...body, seq: line.seq++ });
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
        while (line.handledMs.length < from + bodies.length) await new Promise((resolve) => setTimeout(resolve, 10));
        return line.handledMs.slice(from);
      },
      { bodies: frames, pauseMs: everyMs },
    );
  }

  /** Writes a message as a user does. Returns the id under which its answer is awaited. */
  async ask(text: string): Promise<string> {
    const answers = this.page.getByRole('article', { name: 'Answer' });
    const before = await answers.count();
    const input = this.page.getByRole('textbox', { name: 'Message' });
    await input.fill(text);
    await input.press('Enter');
    await answers.nth(before).waitFor();
    return (await answers.nth(before).getAttribute('data-message')) ?? '';
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
      { type: 'textMemory', requestId, memory, residentBytes: 5e8 },
      {
        type: 'end',
        requestId,
        end: { type: 'done', stopReason: 'endToken', result: { text, ...counts, timings, kv } },
      },
    ]);
    return tookMs;
  }
}
