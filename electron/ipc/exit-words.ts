import { currentLanguage, t } from '../../locales/words.js';
import type { EngineExit } from './contract.js';

/** SIGILL, as a wait status, with a core dump, and as shells tell it; and what Windows calls it, signed and unsigned. */
const ILLEGAL_INSTRUCTION: ReadonlySet<number> = new Set([4, 4 + 128, 0xc000001d, 0xc000001d - 2 ** 32]);

/** Why an engine process ended unasked, for people. */
export function exitWords({ code, duringLoad }: EngineExit, language = currentLanguage()): string {
  const stopped = t(duringLoad ? 'main.engine.stoppedLoading' : 'main.engine.stopped', { code, lng: language });
  return ILLEGAL_INSTRUCTION.has(code) ? `${stopped} ${t('main.engine.lacksInstruction', { lng: language })}` : stopped;
}
