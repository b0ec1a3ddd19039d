import { createHash } from 'node:crypto';
import type { Runtime } from '../runtime/load-runtime.js';
import { seededRandom } from '../sampling/random.js';
import { makeCases } from './make-cases.js';
import type { RetrievalCase } from './retrieval-cases.js';
import { cutWindows, encodeText, type TextWindow, type WindowPlan } from './windows.js';

/** Less than a profile's, so that a small model takes some ten minutes. */
const LENGTHS: readonly WindowPlan[] = [
  { prefix: 512, continuation: 128, windows: 6 },
  { prefix: 2048, continuation: 128, windows: 6 },
];
/** Of each text that is asked about. */
export const CASE_TOKENS = 1500;
const CASES = { cases: 6, facts: 4, tokens: CASE_TOKENS };
/** Around the text of a case: template, questions and replies. */
const CHAT_TOKENS = 500;
/** Windows and cases are cut from the text's first so many characters: all of it is tokenized before. */
const TEXT_LENGTH = 300_000;

/** What is measured in the background, as far as the context holds it. */
export interface MeasuringPlan {
  lengths: readonly WindowPlan[];
  cases: typeof CASES | null;
}

export function measuringPlan(contextLength: number): MeasuringPlan {
  return {
    lengths: LENGTHS.filter(({ prefix, continuation }) => prefix + continuation <= contextLength),
    cases: CASES.tokens + CHAT_TOKENS <= contextLength ? CASES : null,
  };
}

export interface PlannedWork {
  steps: number;
  /** Of all steps together: what their time goes by. */
  tokens: number;
}

/** A window is a step for each preset; a case is one more, for the full cache. */
export function plannedWork({ lengths, cases }: MeasuringPlan, presets: number): PlannedWork {
  const work = lengths.map(({ windows, prefix, continuation }) => ({
    steps: windows * presets,
    tokens: prefix + continuation,
  }));
  if (cases) work.push({ steps: cases.cases * (presets + 1), tokens: cases.tokens });
  return {
    steps: work.reduce((sum, { steps }) => sum + steps, 0),
    tokens: work.reduce((sum, { steps, tokens }) => sum + steps * tokens, 0),
  };
}

export interface MeasuringTexts {
  /** Of each length. */
  windows: readonly { plan: WindowPlan; windows: readonly TextWindow[] }[];
  cases: readonly RetrievalCase[];
}

/** @throws EngineError TEXT_TOO_SHORT; the signal's reason */
export async function measuringTexts(
  { tokenizer }: Pick<Runtime, 'tokenizer'>,
  text: string,
  { lengths, cases }: MeasuringPlan,
  signal: AbortSignal,
): Promise<MeasuringTexts> {
  const stretch = text.slice(0, TEXT_LENGTH);
  const tokens = await encodeText(tokenizer, stretch, signal);
  const bos = tokenizer.addsBos ? tokenizer.bosTokenId : null;
  const countTokens = (part: string) => tokenizer.encode(part).length;
  return {
    windows: lengths.map((plan) => ({ plan, windows: cutWindows(tokens, plan, bos) })),
    cases: cases ? makeCases(stretch, cases, countTokens, seededRandom(1)) : [],
  };
}

/** What tells one plan on one text from another. */
export function planKey(plan: MeasuringPlan, text: string): object {
  return { plan, textHash: createHash('sha256').update(text.slice(0, TEXT_LENGTH)).digest('hex') };
}
