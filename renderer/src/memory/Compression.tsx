import type { CompressionChoice, PresetInfo, PresetName } from '../../../engine/types.js';
import { formatPercent } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { PanelOption, PanelSelect } from '../shell/PanelSelect.js';
import type { AppState } from '../store/state.js';
import { appStore, useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Budget } from './Budget.js';
import { BudgetField } from './BudgetField.js';
import { bytesShare, choiceTitle, costWords, isSameChoice, keptWords, PRESET_TITLES } from './compression-words.js';
import { fullFp16Bytes } from './kv-figures.js';
import { Measurements } from './Measurements.js';
import { RereadButton } from './RereadButton.js';

type Option = PresetName | 'budget';

const BUDGET_TITLE = 'Memory budget';
const OPTIONS = [...Object.keys(PRESET_TITLES), 'budget'] as Option[];
/** What a budget begins with: so much of a full fp16 cache of the whole context. */
const FIRST_BUDGET_SHARE = 0.25;

/** How much of what it has read the model may let go: chosen here, with what that was measured to cost. */
export function Compression() {
  const choice = useApp((state) => state.compression);
  if (!choice) return null;
  return (
    <section className="sec" aria-label="Compression">
      <div className="sec-h">
        Compression
        <Hint
          about="Compression"
          text="How much of what it has read the model may let go; below 256 tokens it keeps all. What that costs was measured on this model beside a full cache, whose memory is counted as fp16: perplexity over what follows a text, questions on facts hidden in it. KL says how far the choice of the next word moves from the full cache’s; 0 is not at all."
        />
        <span className="right">
          <CompressionSelect choice={choice} />
        </span>
      </div>
      <Budget choice={choice} />
      {'preset' in choice ? <Cost preset={choice.preset} /> : <BudgetField budgetBytes={choice.budgetBytes} />}
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
  if (option === 'budget') {
    return (
      <PanelOption title={BUDGET_TITLE} right={<span className="faint">in MB</span>}>
        You say how much memory; the mildest compression that fits is taken.
      </PanelOption>
    );
  }
  return (
    <PanelOption title={PRESET_TITLES[option]} right={<ShareOfFull share={info && bytesShare(info)} />}>
      {info && `${keptWords(info)} ${costWords(info)}`}
    </PanelOption>
  );
}

function ShareOfFull({ share }: { share: number | null }) {
  if (share === null) return <span className="faint">–</span>;
  return (
    <>
      <span className="mini-gauge">
        <i style={{ width: `${Math.min(1, share) * 100}%` }} />
      </span>
      <span className="num">{formatPercent(share, 0)}</span>
    </>
  );
}

function Cost({ preset }: { preset: PresetName }) {
  const info = useApp((state) => presetOf(state, preset));
  const isToBeMeasured = useApp((state) => state.measuring !== null);
  // Said above, with a way to it.
  if (isToBeMeasured && info && info.name !== 'off') return null;
  if (!info) return <p className="cost muted">What it costs is shown when a model is loaded.</p>;
  return (
    <div className="cost">
      <p>
        {keptWords(info)} {costWords(info)}
      </p>
      <Measurements info={info} />
    </div>
  );
}

/** Said as long as the cache is under another choice than the one that the next message is sent with. */
function ReadAgain() {
  const isDue = useApp(({ kv, kvChatId, currentChatId, compression }) => {
    const isHere = kv !== null && kv.tokensSeen > 0 && kvChatId === currentChatId;
    return isHere && compression !== null && !isSameChoice(kv.compression, compression);
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
