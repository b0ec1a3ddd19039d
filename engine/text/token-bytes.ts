import { fromByteLevel } from './byte-level.js';
import type { DecoderStep, TokenizerJson } from './tokenizer-json.js';

const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;
const utf8 = new TextEncoder();

/** Which bytes of text each token stands for. Control tokens stand for none. */
export class TokenBytes {
  /** Text begins without the space that SentencePiece puts before its first word. */
  readonly stripsFirstSpace: boolean;
  private readonly bytes: (Uint8Array | undefined)[] = [];
  private readonly byteLevel: boolean;
  private readonly byteFallback: boolean;
  private readonly separated: boolean;

  constructor(
    json: TokenizerJson,
    /** Token strings by id. */
    private readonly vocab: readonly (string | undefined)[],
  ) {
    const types = new Set(json.decoder.map(({ type }) => type));
    this.byteLevel = types.has('ByteLevel');
    this.byteFallback = types.has('ByteFallback');
    this.separated = types.has('Replace') || types.has('Metaspace');
    this.stripsFirstSpace = json.decoder.some(stripsFirstSpace);
    for (const { id, content, special } of json.added_tokens) {
      this.bytes[id] = special ? new Uint8Array() : utf8.encode(this.separated ? spaced(content) : content);
    }
  }

  /** Bytes of UTF-8, maybe only some of a character's; none for an id that no token has. */
  of(id: number): Uint8Array {
    let bytes = this.bytes[id];
    if (!bytes) {
      bytes = this.bytesOf(this.vocab[id] ?? '');
      this.bytes[id] = bytes;
    }
    return bytes;
  }

  private bytesOf(token: string): Uint8Array {
    if (this.byteLevel) return fromByteLevel(token) ?? utf8.encode(token);
    const byte = this.byteFallback ? BYTE_TOKEN.exec(token) : null;
    if (byte) return Uint8Array.of(Number.parseInt(byte[1], 16));
    return utf8.encode(this.separated ? spaced(token) : token);
  }
}

function spaced(token: string): string {
  return token.replaceAll('▁', ' ');
}

function stripsFirstSpace(step: DecoderStep): boolean {
  if (step.type === 'Strip') return step.start === 1;
  if (step.type !== 'Metaspace') return false;
  return (step.prepend_scheme ?? (step.add_prefix_space ? 'always' : 'never')) !== 'never';
}
