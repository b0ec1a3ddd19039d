/**
 * Characters that byte-level vocabularies write for bytes: printable Latin-1 stands for itself, the others follow
 * from U+0100 on. [256]
 *
 * Source: GPT-2, encoder.py, bytes_to_unicode
 */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

const bytes: ReadonlyMap<string, number> = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

/** A word as a byte-level vocabulary writes it. */
export function toByteLevel(word: string): string {
  let written = '';
  for (const byte of Buffer.from(word)) written += BYTE_CHARACTERS[byte];
  return written;
}

/** The bytes that a byte-level token stands for; null if it has characters that stand for none. */
export function fromByteLevel(token: string): Uint8Array | null {
  const found: number[] = [];
  for (const character of token) {
    const byte = bytes.get(character);
    if (byte === undefined) return null;
    found.push(byte);
  }
  return Uint8Array.from(found);
}
