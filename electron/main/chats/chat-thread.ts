import { EngineError } from '../../../engine/errors.js';
import { currentLanguage } from '../../../locales/words.js';
import type { ChatCallInput, ChatCallName, ChatCallOutput, ChatQuestion, ChatReply } from './chat-calls.js';

/** The part of a worker thread that is needed. */
export interface ThreadPort {
  postMessage(question: ChatQuestion): void;
  on(event: 'message', listener: (reply: ChatReply) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'exit', listener: (code: number) => void): void;
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: EngineError) => void;
}

/**
 * The thread that has the chats, as main sees it: it begins with the first call, and again after it ended unasked. Calls
 * are answered in their order.
 */
export class ChatThread {
  readonly #start: () => ThreadPort;
  #port: ThreadPort | null = null;
  #waiting = new Map<number, Waiting>();
  #count = 0;

  constructor(start: () => ThreadPort) {
    this.#start = start;
  }

  /** @throws EngineError as the thread does; CHATS_UNAVAILABLE if it ended */
  call<N extends ChatCallName>(name: N, input: ChatCallInput<N>): Promise<ChatCallOutput<N>> {
    const port = this.#running();
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      port.postMessage({ id, name, input, language: currentLanguage() });
    });
  }

  /** After what was asked before. */
  async close(): Promise<void> {
    if (this.#port) await this.call('close', null);
  }

  #running(): ThreadPort {
    if (this.#port) return this.#port;
    const port = this.#start();
    port.on('message', (reply) => this.#settle(reply));
    port.on('error', (error) => this.#end(port, error.message));
    port.on('exit', (code) => this.#end(port, `exit code ${code}`));
    this.#port = port;
    return port;
  }

  #settle(reply: ChatReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(new EngineError(reply.error.code, reply.error.message, reply.error.details));
  }

  #end(port: ThreadPort, reason: string): void {
    if (this.#port !== port) return;
    this.#port = null;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    const error = new EngineError(
      'CHATS_UNAVAILABLE',
      `The thread that keeps them ended: ${reason}. It is started again.`,
    );
    for (const { reject } of waiting.values()) reject(error);
  }
}
