import type { FrameBody, ModelState } from '../ipc/frames.js';
import { type Clock, Paced } from './paced.js';

type Body<T extends FrameBody['type']> = Extract<FrameBody, { type: T }>;

/**
 * One frame more than the paced ones goes out when an answer ends, so the pauses are a little longer than 1/30 and 1/10
 * of a second: no second then has more than 30 frames of text, nor 10 of cache statistics.
 */
export const TEXT_INTERVAL_MS = 36;
export const KV_INTERVAL_MS = 115;

const newest = <T>(_earlier: T, later: T): T => later;

/**
 * Turns what the engine says (a token can come every few milliseconds) into as many frames as a window can use. The first
 * token of an answer is sent at once; the newest statistics are never held back for good; `end` comes last.
 */
export class FrameBatcher {
  readonly #send: (body: FrameBody) => void;
  readonly #model: Paced<Body<'model'>>;
  readonly #prefill: Paced<Body<'prefill'>>;
  readonly #text: Paced<Body<'text'>>;
  readonly #kv: Paced<Body<'kv'>>;
  readonly #comparison: Paced<Body<'comparison'>>;

  constructor(clock: Clock, send: (body: FrameBody) => void) {
    this.#send = send;
    this.#model = new Paced<Body<'model'>>(clock, KV_INTERVAL_MS, newest, send);
    this.#prefill = new Paced<Body<'prefill'>>(clock, TEXT_INTERVAL_MS, newest, send);
    this.#text = new Paced<Body<'text'>>(
      clock,
      TEXT_INTERVAL_MS,
      (earlier, later) => ({ ...later, text: earlier.text + later.text }),
      send,
    );
    this.#kv = new Paced<Body<'kv'>>(clock, KV_INTERVAL_MS, newest, send);
    this.#comparison = new Paced<Body<'comparison'>>(clock, KV_INTERVAL_MS, newest, send);
  }

  /** Progress is paced; every other state is sent at once. */
  model(model: ModelState): void {
    this.#model.offer({ type: 'model', model });
    if (model.state !== 'loading') this.#model.flush();
  }

  /** Before the first event of an answer: nothing of it waits for the frames of the one before. */
  begin(): void {
    this.#prefill.restart();
    this.#text.restart();
  }

  prefill(body: Omit<Body<'prefill'>, 'type'>): void {
    this.#prefill.offer({ type: 'prefill', ...body });
  }

  text(body: Omit<Body<'text'>, 'type'>): void {
    this.#prefill.flush();
    this.#text.offer({ type: 'text', ...body });
  }

  kv(body: Omit<Body<'kv'>, 'type'>): void {
    this.#kv.offer({ type: 'kv', ...body });
  }

  /** Progress is paced; every other step is sent at once. */
  comparison(body: Omit<Body<'comparison'>, 'type'>): void {
    if (body.step.type !== 'checking') this.#comparison.flush();
    this.#comparison.offer({ type: 'comparison', ...body });
    if (body.step.type !== 'checking') this.#comparison.flush();
  }

  end(body: Omit<Body<'end'>, 'type'>): void {
    this.#model.flush();
    this.#prefill.flush();
    this.#text.flush();
    this.#kv.flush();
    this.#send({ type: 'end', ...body });
  }
}
