/** SIGILL, as a wait status, with a core dump, and as shells tell it; and what Windows calls it, signed and unsigned. */
const ILLEGAL_INSTRUCTION: ReadonlySet<number> = new Set([4, 4 + 128, 0xc000001d, 0xc000001d - 2 ** 32]);

/** What an exit code tells people beyond its number; empty where that is nothing. */
export function exitReason(code: number): string {
  if (!ILLEGAL_INSTRUCTION.has(code)) return '';
  return ' This processor lacks an instruction that the engine was built with. On a newer one it works; in a virtual machine, let it see the real processor.';
}
