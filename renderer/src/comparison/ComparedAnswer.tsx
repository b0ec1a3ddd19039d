import { Fragment, useMemo } from 'react';
import type { Divergence, SideName } from '../../../engine/types.js';
import { stopReasonWords } from '../chat/AnswerActions.js';
import { formatBytes, formatCount, formatPercent, splitBytes, tokenWord } from '../format.js';
import { choiceTitle } from '../memory/compression-words.js';
import { kvFigures } from '../memory/kv-figures.js';
import { LayerCanvas } from '../memory/LayerCanvas.js';
import { pairGeometry } from '../memory/layer-geometry.js';
import { VALUE_NAMES } from '../memory/value-types.js';
import type { ComparedSide, Comparison } from '../store/comparison.js';
import type { Answer, AnswerState, AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { textDifference } from './text-difference.js';

interface SideProps {
  side: SideName;
  comparison: Comparison;
  /** What is compared, as it stands in the chat. */
  answer: Answer | null;
}

/** One side: its cache, its text, and how it ended. */
export function ComparedAnswer({ side, comparison, answer }: SideProps) {
  const compared = comparison.sides[side];
  const title = sideTitle(comparison, side);
  const name = side === 'full' ? 'A' : 'B';
  return (
    <section aria-label={`${name}, ${title}`}>
      <div className="ab-h">
        <div className="grow">
          <h3>
            {name}
            <span className="tag">{compared.kv ? `${title}, ${VALUE_NAMES[compared.kv.dtype]}` : title}</span>
          </h3>
          <Memory side={compared} />
        </div>
        <Bars side={side} />
      </div>
      <Text side={side} comparison={comparison} />
      <Ending side={side} comparison={comparison} answer={answer} />
    </section>
  );
}

export function sideTitle({ compression }: Comparison, side: SideName): string {
  if (side === 'full') return 'Full cache';
  if (!compression) return 'Compressed';
  return 'preset' in compression ? choiceTitle(compression) : `Budget ${formatBytes(compression.budgetBytes)}`;
}

/** As the panel has it of the chat. */
function Memory({ side: { kv, state } }: { side: ComparedSide }) {
  if (!kv || kv.tokensSeen === 0) {
    return <p className="ab-of">{state.phase === 'stopped' ? 'stopped while it read' : 'nothing read yet'}</p>;
  }
  const { value, unit } = splitBytes(kv.bytesInUse);
  const { tokenFraction, valueFraction } = kvFigures(kv);
  return (
    <>
      <div className="big">
        <b>
          {value}
          <span>{unit}</span>
        </b>
      </div>
      <p className="ab-of">
        <span className="num">{formatPercent(tokenFraction)}</span> of tokens
        {valueFraction !== null && (
          <>
            {' × '}
            <span className="num">{formatPercent(valueFraction)}</span> {VALUE_NAMES[kv.dtype]}
          </>
        )}
        , of the usual <span className="num">{formatBytes(kv.fullFp16Bytes)}</span>
      </p>
    </>
  );
}

const BARS_WIDTH = 116;
const BARS_HEIGHT = 90;

const KV_OF: Readonly<Record<SideName, (state: AppState) => ComparedSide['kv']>> = {
  full: ({ comparison }) => comparison?.sides.full.kv ?? null,
  compressed: ({ comparison }) => comparison?.sides.compressed.kv ?? null,
};

function Bars({ side }: Pick<SideProps, 'side'>) {
  const layers = useApp((state) => state.layerCount);
  const geometry = useMemo(() => pairGeometry(layers, BARS_WIDTH, BARS_HEIGHT), [layers]);
  return (
    <div className="ab-bars" aria-hidden="true">
      <LayerCanvas geometry={geometry} kvOf={KV_OF[side]} />
    </div>
  );
}

function Text({ side, comparison }: Omit<SideProps, 'answer'>) {
  const { sides, divergence } = comparison;
  const { text, state } = sides[side];
  if (state.phase === 'queued') {
    const waits = comparison.state.phase === 'running';
    return <p className="faint">{!waits ? 'Not begun.' : side === 'full' ? 'Begins …' : 'Waits for A.'}</p>;
  }
  if (state.phase === 'reading') return <p className="muted">Reading the prompt{readShare(state)}</p>;
  if (!divergence) return <p className={divergence === null ? 'ab-text same' : 'ab-text'}>{text}</p>;
  return <MarkedText side={side} sides={sides} divergence={divergence} />;
}

function readShare({ processed, total }: Extract<AnswerState, { phase: 'reading' }>): string {
  return total > 0 ? ` ${formatPercent(processed / total, 0)}` : ' …';
}

interface MarkedProps extends Pick<Comparison, 'sides'> {
  side: SideName;
  divergence: Divergence;
}

function MarkedText({ side, sides, divergence }: MarkedProps) {
  const [full, compressed] = [sides.full.text, sides.compressed.text];
  const { head, tails } = useMemo(
    () => textDifference({ full, compressed }, divergence),
    [full, compressed, divergence],
  );
  const pieces = tails[side];
  return (
    <p className="ab-text">
      <span className="same">{head}</span>
      <span className="ab-chip">first difference · token {formatCount(divergence.sameTokens + 1)}</span>
      {pieces.map(({ text, differs }, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: stretches of a text that no longer changes
        differs ? <mark key={index}>{text}</mark> : <Fragment key={index}>{text}</Fragment>,
      )}
      {pieces.length === 0 && <span className="faint"> ends here</span>}
    </p>
  );
}

/** How a side ended, and what can be done with its text. */
function Ending({ side, comparison, answer }: SideProps) {
  const { text, state } = comparison.sides[side];
  if (state.phase === 'writing') {
    return (
      <p className="ab-end">
        <span className="num">{formatCount(state.tokens)}</span> {tokenWord(state.tokens)}
      </p>
    );
  }
  if (state.phase !== 'done' && state.phase !== 'stopped') return null;
  const isThere = answer?.text === text;
  const isAsLong = answer?.state.phase === 'stopped' && state.phase === 'done' && state.stopReason === 'maxTokens';
  const canKeep = comparison.state.phase !== 'running' && answer && state.figures && text !== '' && !isThere;
  return (
    <div className="ab-end">
      <span className="grow">
        {isAsLong
          ? 'As long as the answer that you stopped'
          : state.phase === 'done'
            ? stopReasonWords(state.stopReason)
            : 'Stopped before its end'}
        .{isThere && ' This is the answer in the chat.'}
      </span>
      {canKeep && (
        <button type="button" className="btn" onClick={() => actions.keepSide(side)}>
          Keep this answer
        </button>
      )}
    </div>
  );
}
