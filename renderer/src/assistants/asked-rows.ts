import type { Assistant } from '../../../electron/ipc/assistant-contract.js';
import { formatTokens } from '../format.js';
import { choiceTitle } from '../memory/compression-words.js';
import type { AskedWith } from '../store/state.js';
import { t } from '../words.js';
import type { SamplingName } from './ask-settings.js';
import { chatModelName } from './chat-model.js';
import { writeNumber } from './number-text.js';

/** Of a system prompt that is only to be recognized. */
const SHOWN = 22;

/** With what an answer was asked for, as its details show it; its seed and its compression stand there anyway. */
export function askedRows({ systemPrompt, sampling, maxTokens }: AskedWith): [name: string, value: string][] {
  const { seed: _seed, ...chosen } = sampling;
  return [
    [t('assistants.system.label'), systemPrompt ? beginningOf(systemPrompt) : t('assistants.asked.none')],
    ...samplingRows(chosen),
    ...(maxTokens === undefined
      ? []
      : [[t('assistants.asked.most'), formatTokens(maxTokens)] satisfies [string, string]]),
  ];
}

/** What an assistant sets beside its system prompt, in a line; '': nothing. */
export function settingsLine({ sampling = {}, maxTokens, compression, model }: Assistant): string {
  const parts = [
    ...samplingRows(sampling).map(([name, value]) => `${name} ${value}`),
    maxTokens === undefined ? null : `${t('assistants.asked.most')} ${formatTokens(maxTokens)}`,
    compression ? t('assistants.dialog.compression', { choice: choiceTitle(compression) }) : null,
    model ? t('assistants.dialog.withModel', { model: chatModelName(model) }) : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

function samplingRows(sampling: Partial<Record<SamplingName, number>>): [name: string, value: string][] {
  return Object.entries(sampling).map(([name, value]) => [
    t(`assistants.sampling.${name as SamplingName}`),
    writeNumber(value),
  ]);
}

function beginningOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN).trimEnd()}…` : line;
}
