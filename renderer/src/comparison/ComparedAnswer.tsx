import { Fragment, useMemo } from 'react';
import type { Divergence, SideName } from '../../../engine/types.js';
import { formatBytes, formatCount, formatPercent, splitBytes, tokenWord } from '../format.js';
import { choiceTitle } from '../memory/compression-words.js';
import { kvFigures } from '../memory/kv-figures.js';
import { LayerCanvas } from '../memory/LayerCanvas.js';
import { pairGeometry } from '../memory/layer-geometry.js';
import { valueName } from '../memory/value-types.js';
import type { ComparedSide, Comparison } from '../store/comparison.js';
import type { Answer, AnswerState, AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
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
    <section aria-label={t('comparison.side.name', { side: name, title })}>
      <div className="ab-h">
        <div className="grow">
          <h3>
            {name}
            <span className="tag">
              {compared.kv ? t('comparison.side.withValues', { title, values: valueName(compared.kv.dtype) }) : title}
            </span>
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
  if (side === 'full') return t('comparison.side.full');
  if (!compression) return t('comparison.side.compressed');
  return 'preset' in compression
    ? choiceTitle(compression)
    : t('comparison.side.budget', { bytes: formatBytes(compression.budgetBytes) });
}

/** As the panel has it of the chat. */
function Memory({ side: { kv, state } }: { side: ComparedSide }) {
  if (!kv || kv.tokensSeen === 0) {
    const why = state.phase === 'stopped' ? 'comparison.side.stoppedReading' : 'comparison.side.nothingRead';
    return <p className="ab-of">{t(why)}</p>;
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
        <Trans
          i18nKey={valueFraction === null ? 'comparison.side.takes' : 'comparison.side.takesByValues'}
          values={{
            tokens: formatPercent(tokenFraction),
            share: formatPercent(valueFraction ?? 0),
            values: valueName(kv.dtype),
            bytes: formatBytes(kv.fullFp16Bytes),
          }}
          components={{ n: <span className="num" /> }}
        />
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
    return (
      <p className="faint">{t(`comparison.side.${!waits ? 'notBegun' : side === 'full' ? 'begins' : 'waits'}`)}</p>
    );
  }
  if (state.phase === 'reading') return <p className="muted">{readingWords(state)}</p>;
  if (!divergence) return <p className={divergence === null ? 'ab-text same' : 'ab-text'}>{text}</p>;
  return <MarkedText side={side} sides={sides} divergence={divergence} />;
}

function readingWords({ processed, total }: Extract<AnswerState, { phase: 'reading' }>): string {
  if (total === 0) return t('comparison.side.readsNow');
  return t('comparison.side.reads', { share: formatPercent(processed / total, 0) });
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
      <span className="ab-chip">
        {t('comparison.side.firstDifference', { token: formatCount(divergence.sameTokens + 1) })}
      </span>
      {pieces.map(({ text, differs }, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: stretches of a text that no longer changes
        differs ? <mark key={index}>{text}</mark> : <Fragment key={index}>{text}</Fragment>,
      )}
      {pieces.length === 0 && <span className="faint"> {t('comparison.side.endsHere')}</span>}
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
  const how = isAsLong ? 'asLong' : state.phase === 'done' ? state.stopReason : 'stopped';
  const canKeep = comparison.state.phase !== 'running' && answer && state.figures && text !== '' && !isThere;
  return (
    <div className="ab-end">
      <span className="grow">
        {t(`comparison.side.ended.${how}`)}
        {isThere && ` ${t('comparison.side.isThere')}`}
      </span>
      {canKeep && (
        <button type="button" className="btn" onClick={() => actions.keepSide(side)}>
          {t('comparison.side.keep')}
        </button>
      )}
    </div>
  );
}
