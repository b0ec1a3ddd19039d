import { formatTokens } from '../format.js';
import type { AskedWith } from '../store/state.js';
import { t } from '../words.js';
import type { SamplingName } from './ask-settings.js';
import { writeNumber } from './number-text.js';

/** Of a system prompt that is only to be recognized. */
const SHOWN = 22;

/** With what an answer was asked for, as its details show it; its seed and its compression stand there anyway. */
export function askedRows({ systemPrompt, sampling, maxTokens }: AskedWith): [name: string, value: string][] {
  const { seed: _seed, ...chosen } = sampling;
  const rows = Object.entries(chosen).map(([name, value]): [string, string] => [
    t(`assistants.sampling.${name as SamplingName}`),
    writeNumber(value),
  ]);
  return [
    [t('assistants.system.label'), systemPrompt ? beginningOf(systemPrompt) : t('assistants.asked.none')],
    ...rows,
    ...(maxTokens === undefined
      ? []
      : [[t('assistants.asked.most'), formatTokens(maxTokens)] satisfies [string, string]]),
  ];
}

function beginningOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN).trimEnd()}…` : line;
}
