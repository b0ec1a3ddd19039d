import { useState } from 'react';
import type { CompressionChoice, PresetInfo, PresetName } from '../../../engine/types.js';
import { formatBytes } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { PanelOption, PanelSelect } from '../shell/PanelSelect.js';
import type { AppState } from '../store/state.js';
import { appStore, useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { Budget } from './Budget.js';
import { BudgetField } from './BudgetField.js';
import {
  bytesShare,
  choiceTitle,
  costWords,
  isSameChoice,
  isTooSmall,
  keptWords,
  type MeasuredText,
  PRESETS,
  presetTitle,
} from './compression-words.js';
import { fullFp16Bytes } from './kv-figures.js';
import { Measurements } from './Measurements.js';
import { RereadButton } from './RereadButton.js';
import { useMeasuredText } from './use-trade-off.js';
import { offShare } from './value-types.js';

type Option = PresetName | 'budget';

const OPTIONS: readonly Option[] = [...PRESETS, 'budget'];
/** What a budget begins with: so much of the usual cache of the whole context. */
const FIRST_BUDGET_SHARE = 0.25;

/** How much of what it has read the model may let go: chosen here, with what that was measured to cost. */
export function Compression() {
  const choice = useApp((state) => state.compression);
  const [moved, setMoved] = useState<CompressionChoice | null>(null);
  if (!choice) return null;
  const shown = moved ?? choice;
  return (
    <section className="sec" aria-label={t('memory.compression.title')}>
      <div className="sec-h">
        {t('memory.compression.title')}
        <Hint about={t('memory.compression.title')} side="left" text={t('memory.compression.about')} />
        <span className="right">
          <CompressionSelect choice={choice} />
        </span>
      </div>
      <Budget choice={choice} shown={shown} onMove={setMoved} />
      {'preset' in shown ? <Cost preset={shown.preset} /> : <BudgetField budgetBytes={shown.budgetBytes} />}
      <ReadAgain />
    </section>
  );
}

function CompressionSelect({ choice }: { choice: CompressionChoice }) {
  const choose = (option: Option) => {
    actions.setCompression(
      option === 'budget' ? { budgetBytes: firstBudget(appStore.getState()) } : { preset: option },
    );
  };
  return (
    <PanelSelect
      label={t('memory.compression.chosen', { choice: choiceTitle(choice) })}
      face={'preset' in choice ? presetTitle(choice.preset) : t('memory.compression.budget')}
      value={'preset' in choice ? choice.preset : 'budget'}
      options={OPTIONS}
      onChoose={choose}
    >
      {(option) => <OptionFace option={option} />}
    </PanelSelect>
  );
}

function OptionFace({ option }: { option: Option }) {
  const info = useApp((state) => (option === 'budget' ? null : presetOf(state, option)));
  const text = useMeasuredText();
  if (option === 'budget') {
    return (
      <PanelOption
        title={t('memory.compression.budget')}
        right={<span className="faint">{t('memory.compression.inMegabytes')}</span>}
      >
        {t('memory.compression.budgetMeans')}
      </PanelOption>
    );
  }
  if (!info || !text) return <PanelOption title={presetTitle(option)} right={<span className="faint">–</span>} />;
  const share = bytesShare(info, text);
  return (
    <PanelOption title={presetTitle(option)} right={<Size share={share} text={text} />}>
      {keptWords(info, text)} {costWords(info, text.tokens)}
    </PanelOption>
  );
}

/** What a text like this one takes; the gauge is as long as Off takes. */
function Size({ share, text }: { share: number | null; text: MeasuredText & { fullBytes: number } }) {
  if (share === null) return <span className="faint">–</span>;
  return (
    <>
      <span className="mini-gauge">
        <i style={{ width: `${(share / offShare(text.kvType)) * 100}%` }} />
      </span>
      <span className="num">{formatBytes(Math.round(share * text.fullBytes))}</span>
    </>
  );
}

function Cost({ preset }: { preset: PresetName }) {
  const info = useApp((state) => presetOf(state, preset));
  const isToBeMeasured = useApp((state) => state.measuring !== null);
  const text = useMeasuredText();
  // Said above, with a way to it.
  if (isToBeMeasured && info && info.name !== 'off') return null;
  if (!info || !text) return <p className="cost muted">{t('memory.compression.noModel')}</p>;
  return (
    <div className="cost">
      <p>
        {keptWords(info, text)} {costWords(info, text.tokens)}
      </p>
      <Measurements info={info} />
    </div>
  );
}

/** Said as long as the cache is under another choice than the one that the next message is sent with. */
function ReadAgain() {
  const isDue = useApp(({ kv, kvChatId, currentChatId, compression, model }) => {
    const isHere = kv !== null && kv.tokensSeen > 0 && kvChatId === currentChatId;
    if (!isHere || compression === null || isTooSmall(compression, model)) return false;
    return !isSameChoice(kv.compression, compression);
  });
  if (!isDue) return null;
  return (
    <p className="read-again" role="status">
      {t('memory.compression.readAgain')} <RereadButton />
    </p>
  );
}

function presetOf({ model }: AppState, name: PresetName): PresetInfo | null {
  return (model.state === 'ready' && model.presets.find((preset) => preset.name === name)) || null;
}

/** Whole MB. */
function firstBudget({ model }: AppState): number {
  if (model.state !== 'ready') return 20e6;
  const fullFp16 = fullFp16Bytes(model.model, model.runtime.contextLength);
  return Math.max(1, Math.round((fullFp16 * FIRST_BUDGET_SHARE) / 1e6)) * 1e6;
}
