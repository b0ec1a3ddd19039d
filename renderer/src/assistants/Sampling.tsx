import { MAX_ANSWER_TOKENS, SAMPLING_DEFAULTS, SAMPLING_LIMITS } from '../../../electron/ipc/chat-limits.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { type SamplingName, settingsOf } from './ask-settings.js';
import { NumberField } from './NumberField.js';
import { writeNumber } from './number-text.js';

const NAMES = [
  'temperature',
  'topP',
  'topK',
  'minP',
  'repetitionPenalty',
  'frequencyPenalty',
  'presencePenalty',
  'seed',
] as const satisfies readonly SamplingName[];

/** How the next word is chosen in this chat, and how many there may be. */
export function Sampling() {
  const chatId = useApp((state) => state.currentChatId);
  const maxTokens = useApp((state) => settingsOf(state, state.currentChatId).maxTokens);
  return (
    <section className="sec" aria-label={t('assistants.sampling.title')}>
      <div className="sec-h">{t('assistants.sampling.title')}</div>
      {NAMES.map((name) => (
        <SamplingField key={name} name={name} />
      ))}
      <NumberField
        label={t('assistants.sampling.maxTokens')}
        about={t('assistants.sampling.maxTokensAbout')}
        limits={{ min: 1, max: MAX_ANSWER_TOKENS, isWhole: true }}
        value={maxTokens}
        usual={t('assistants.sampling.noLimit')}
        onChange={(changed) => actions.setMaxTokens(changed, chatId)}
      />
    </section>
  );
}

function SamplingField({ name }: { name: SamplingName }) {
  const chatId = useApp((state) => state.currentChatId);
  const value = useApp((state) => settingsOf(state, state.currentChatId).sampling?.[name]);
  const usual = useUsual(name);
  return (
    <NumberField
      label={t(`assistants.sampling.${name}`)}
      about={t(`assistants.sampling.${name}About`)}
      limits={SAMPLING_LIMITS[name]}
      value={value}
      usual={usual}
      onChange={(changed) => actions.setChatSampling(name, changed, chatId)}
    />
  );
}

/** What the app asks with where the chat says nothing. */
function useUsual(name: SamplingName): string {
  const temperature = useApp((state) => state.temperature);
  const seed = useApp((state) => state.seed);
  if (name === 'temperature') return writeNumber(temperature);
  if (name === 'seed') return seed === null ? t('assistants.sampling.newSeed') : String(seed);
  return writeNumber(SAMPLING_DEFAULTS[name]);
}
