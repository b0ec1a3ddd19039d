import type { FrameBody } from '../ipc/frames.js';

/** The part of Electron's MessagePortMain that is needed. */
export interface WindowPort {
  postMessage(message: unknown): void;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** The window's end of the line, as long as there is one: numbers the frames of each port from 0. */
export class FramePort {
  readonly #onLost: () => void;
  #port: WindowPort | null = null;
  #nextSeq = 0;

  /** `onLost`: the window closed its end (it was closed or loaded anew), and no other has come yet. */
  constructor(onLost: () => void) {
    this.#onLost = onLost;
  }

  get connected(): boolean {
    return this.#port !== null;
  }

  connect(port: WindowPort): void {
    const earlier = this.#port;
    this.#port = port;
    this.#nextSeq = 0;
    earlier?.close();
    port.on('close', () => {
      if (this.#port !== port) return;
      this.#port = null;
      this.#onLost();
    });
    port.start();
  }

  /** A frame that nobody can receive is dropped: the next port begins with the state as it is then. */
  send(body: FrameBody): void {
    this.#port?.postMessage({ ...body, seq: this.#nextSeq++ });
  }
}
