import type { TokenBytes } from './token-bytes.js';

/**
 * Tokens in, text out, as they come. A character is given out once all its bytes are there, so the text never has a
 * replacement character for one that is merely incomplete; each token costs time for its own bytes only.
 */
export class StreamingDetokenizer {
  // The byte order mark is text here: a model may write it anywhere.
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** @param atStart nothing stands before the text: a space that only begins it is left out */
  constructor(
    private readonly tokenBytes: TokenBytes,
    private atStart = true,
  ) {}

  /** Text that this token completes; may be empty. */
  push(id: number): string {
    let bytes = this.tokenBytes.of(id);
    if (bytes.length === 0) return '';
    if (this.atStart && this.tokenBytes.stripsFirstSpace && bytes[0] === 0x20) bytes = bytes.subarray(1);
    this.atStart = false;
    return this.decoder.decode(bytes, { stream: true });
  }

  /** Ends the text: what is left of an incomplete character, as U+FFFD. */
  flush(): string {
    this.atStart = true;
    return this.decoder.decode();
  }
}
