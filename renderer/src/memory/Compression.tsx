import { useState } from 'react';
import type { CompressionChoice, PresetInfo, PresetName } from '../../../engine/types.js';
import { formatBytes } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { PanelOption, PanelSelect } from '../shell/PanelSelect.js';
import type { AppState } from '../store/state.js';
import { appStore, useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Budget } from './Budget.js';
import { BudgetField } from './BudgetField.js';
import {
  bytesShare,
  choiceTitle,
  costWords,
  isSameChoice,
  isTooSmall,
  keptWords,
  OFF_BYTES_SHARE,
  PRESET_TITLES,
} from './compression-words.js';
import { fullFp16Bytes } from './kv-figures.js';
import { Measurements } from './Measurements.js';
import { RereadButton } from './RereadButton.js';
import { useMeasuredText } from './use-trade-off.js';

type Option = PresetName | 'budget';

const BUDGET_TITLE = 'Memory budget';
const OPTIONS = [...Object.keys(PRESET_TITLES), 'budget'] as Option[];
/** What a budget begins with: so much of the usual cache of the whole context. */
const FIRST_BUDGET_SHARE = 0.25;

/** How much of what it has read the model may let go: chosen here, with what that was measured to cost. */
export function Compression() {
  const choice = useApp((state) => state.compression);
  const [moved, setMoved] = useState<CompressionChoice | null>(null);
  if (!choice) return null;
  const shown = moved ?? choice;
  return (
    <section className="sec" aria-label="Compression">
      <div className="sec-h">
        Compression
        <Hint
          about="Compression"
          side="left"
          text="How much of what it has read the model may let go; a text under 256 tokens is kept whole. What that costs was measured on this model, beside all of it kept: how much harder the next words of a text are to guess (perplexity), how far the choice of each moves (KL; 0 is not at all), and which of the answers it knew are lost."
        />
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
      label={`Compression: ${choiceTitle(choice)}`}
      face={'preset' in choice ? PRESET_TITLES[choice.preset] : BUDGET_TITLE}
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
      <PanelOption title={BUDGET_TITLE} right={<span className="faint">in MB</span>}>
        You say how much memory; the mildest compression that fits is taken.
      </PanelOption>
    );
  }
  if (!info || !text) return <PanelOption title={PRESET_TITLES[option]} right={<span className="faint">–</span>} />;
  const share = bytesShare(info, text.tokens);
  return (
    <PanelOption title={PRESET_TITLES[option]} right={<Size share={share} fullBytes={text.fullBytes} />}>
      {keptWords(info, text.tokens)} {costWords(info, text.tokens)}
    </PanelOption>
  );
}

/** What a text like this one takes; the gauge is as long as Off takes. */
function Size({ share, fullBytes }: { share: number | null; fullBytes: number }) {
  if (share === null) return <span className="faint">–</span>;
  return (
    <>
      <span className="mini-gauge">
        <i style={{ width: `${(share / OFF_BYTES_SHARE) * 100}%` }} />
      </span>
      <span className="num">{formatBytes(Math.round(share * fullBytes))}</span>
    </>
  );
}

function Cost({ preset }: { preset: PresetName }) {
  const info = useApp((state) => presetOf(state, preset));
  const isToBeMeasured = useApp((state) => state.measuring !== null);
  const text = useMeasuredText();
  // Said above, with a way to it.
  if (isToBeMeasured && info && info.name !== 'off') return null;
  if (!info || !text) return <p className="cost muted">What it costs is shown when a model is loaded.</p>;
  return (
    <div className="cost">
      <p>
        {keptWords(info, text.tokens)} {costWords(info, text.tokens)}
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
      From the next message on: the conversation is read again. <RereadButton />
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
