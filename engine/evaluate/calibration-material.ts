import { seededRandom } from '../sampling/random.js';
import type { Tokenizer } from '../text/tokenizer.js';
import { makeCases } from './make-cases.js';
import type { RetrievalCase } from './retrieval-cases.js';
import { cutWindows, encodeText, type TextWindow } from './windows.js';

export interface CalibrationSettings {
  /** Judged at most for each preset. */
  configurations: number;
  /** Of each window that the search judges by. */
  prefix: number;
  continuation: number;
  windows: number;
  /** Texts that the search judges by, of about `caseTokens` tokens; 0: it does not ask. */
  cases: number;
  caseTokens: number;
  /** Prompt lengths at which what was found is measured, each with `reportContinuation` tokens behind it. */
  reportPrefixes: readonly number[];
  reportContinuation: number;
  reportWindows: number;
  /** Texts that what was found is asked about; 0: none. */
  reportCases: number;
  /** Of the cases. */
  seed: number;
}

/** What a calibration measures on. */
export interface CalibrationMaterial {
  windows: TextWindow[];
  cases: RetrievalCase[];
  /** For each of `reportPrefixes`. */
  reportWindows: TextWindow[][];
  reportCases: RetrievalCase[];
}

const FACTS = 4;

/**
 * The search judges by the text's first half, the report by its second: what was chosen because it did well on some
 * windows does better on these than on others.
 * @throws EngineError TEXT_TOO_SHORT; the signal's reason
 */
export async function calibrationMaterial(
  tokenizer: Tokenizer,
  text: string,
  settings: CalibrationSettings,
  signal?: AbortSignal,
): Promise<CalibrationMaterial> {
  const tokens = await encodeText(tokenizer, text, signal);
  const half = Math.floor(tokens.length / 2);
  const bos = tokenizer.addsBos ? tokenizer.bosTokenId : null;
  const { reportPrefixes, reportContinuation: continuation, reportWindows: windows, cases, reportCases } = settings;
  const plan = { cases: cases + reportCases, facts: FACTS, tokens: settings.caseTokens };
  const countTokens = (stretch: string) => tokenizer.encode(stretch).length;
  const made = plan.cases > 0 ? makeCases(text, plan, countTokens, seededRandom(settings.seed)) : [];
  return {
    windows: cutWindows(tokens.slice(0, half), settings, bos),
    cases: made.slice(0, cases),
    reportWindows: reportPrefixes.map((prefix) =>
      cutWindows(tokens.slice(half), { prefix, continuation, windows }, bos),
    ),
    reportCases: made.slice(cases),
  };
}
