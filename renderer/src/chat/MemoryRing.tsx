import { Popover } from '@base-ui/react/popover';
import { type ReactNode, useMemo } from 'react';
import type { KvStats } from '../../../engine/types.js';
import { formatBytes, formatCount, formatNumber, formatTokens } from '../format.js';
import { choiceTitle } from '../memory/compression-words.js';
import { kvFigures } from '../memory/kv-figures.js';
import { type MemoryShare, memoryShares, type ShareName } from '../memory/memory-shares.js';
import { valueName } from '../memory/value-types.js';
import { keysOf } from '../shell/keys.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { useFreshMemory } from '../survival/use-fresh-memory.js';
import { usePassages } from '../survival/use-passages.js';
import { Trans, t } from '../words.js';
import { MARKS } from './marks.js';

/** The cache statistics, if they are of the current chat. */
function kvHere({ kv, kvChatId, currentChatId }: AppState) {
  return kv && kv.tokensSeen > 0 && kvChatId === currentChatId ? kv : null;
}

/** Memory and context of this chat at a glance; opens a card that takes them apart. */
export function MemoryRing() {
  const inUse = useApp((state) => formatBytes(kvHere(state)?.bytesInUse ?? 0));
  const full = useApp((state) => formatBytes(kvHere(state)?.fullFp16Bytes ?? 0));
  const seen = useApp((state) => formatCount(kvHere(state)?.tokensSeen ?? 0));
  const limit = useApp((state) => formatCount(kvHere(state)?.contextLength ?? 0));
  const isKnown = useApp((state) => kvHere(state) !== null);
  if (!isKnown) return null;
  const label = t('chat.ring.label', { inUse, usual: full, seen, limit });
  return (
    <Popover.Root>
      <Popover.Trigger className="mem" aria-label={label}>
        <Rings />
        <span className="num">
          {inUse}
          <span className="u"> {t('chat.ring.usual', { bytes: full })}</span>
          <br />
          {seen}
          <span className="u"> {t('chat.ring.ofLimit', { limit })}</span>
        </span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={8} align="end" side="top" collisionPadding={8}>
          <Popover.Popup className="card mem-card" aria-label={t('chat.ring.card')}>
            <MemoryCard />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Rings() {
  const kv = useApp(kvHere);
  if (!kv) return null;
  const { gauge, contextFraction } = kvFigures(kv);
  return (
    <svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
      <Arc radius={12} fraction={gauge.filled} color="var(--accent-ink)" />
      {gauge.fullMark < 1 && (
        <rect
          className="ring-mark"
          x="12.5"
          y="-0.5"
          width="3"
          height="5"
          transform={`rotate(${gauge.fullMark * 360} 14 14)`}
        />
      )}
      <Arc radius={7.5} fraction={contextFraction} color="var(--text-2)" />
    </svg>
  );
}

function Arc({ radius, fraction, color }: { radius: number; fraction: number; color: string }) {
  const length = 2 * Math.PI * radius;
  return (
    <g fill="none" strokeWidth="3">
      <circle cx="14" cy="14" r={radius} stroke="var(--line-2)" />
      <circle
        cx="14"
        cy="14"
        r={radius}
        stroke={color}
        strokeDasharray={`${(length * fraction).toFixed(2)} ${length.toFixed(2)}`}
        transform="rotate(-90 14 14)"
      />
    </g>
  );
}

const SHARE_COLORS: Readonly<Record<ShareName, string>> = {
  system: 'var(--text-2)',
  pinned: 'var(--accent)',
  history: 'var(--ramp-3)',
  question: 'var(--ramp-2)',
  reply: 'var(--ramp-0)',
};

function MemoryCard() {
  const kv = useApp(kvHere);
  useFreshMemory();
  if (!kv) return null;
  return (
    <>
      <div className="ln">
        <b className="strong grow">{t('chat.ring.memory')}</b>
        <span className="num">{formatBytes(kv.bytesInUse)}</span>
        <span className="faint">
          <Trans i18nKey="chat.ring.usualFigure" values={{ bytes: formatBytes(kv.fullFp16Bytes) }} components={MARKS} />
        </span>
      </div>
      <div className="ln">
        <b className="strong grow">{t('chat.ring.context')}</b>
        <span className="num">{formatCount(kv.tokensSeen)}</span>
        <span className="faint">
          <Trans
            i18nKey="chat.ring.ofLimitTokens"
            values={{ limit: formatCount(kv.contextLength) }}
            components={MARKS}
          />
        </span>
      </div>
      <Shares kv={kv} />
      <hr />
      <EngineProcess kv={kv} />
      <hr />
      <div className="ln">
        <span className="grow muted">
          {choiceTitle(kv.compression)}, {valueName(kv.dtype)}
        </span>
        <Popover.Close className="link" onClick={() => actions.showPanelTab('memory')}>
          {t('chat.ring.openPanel')}
        </Popover.Close>
        <kbd>{keysOf('togglePanel')}</kbd>
      </div>
    </>
  );
}

/** What each part of the conversation takes, as it was asked for last. */
function Shares({ kv }: { kv: KvStats }) {
  const memory = useApp((state) => state.textMemory);
  const passages = usePassages(memory);
  const replyId = useApp(({ chats, currentChatId }) => chats[currentChatId].messageIds.at(-1) ?? null);
  const turnOf = useTurns();
  const shares = memory ? memoryShares(memory, passages, turnOf, replyId, kv) : [];
  return (
    <>
      <div className="shares" aria-hidden="true">
        {shares.map(({ name, turns, bytes }) => (
          <i key={titleOf(name, turns)} style={{ flex: bytes, background: SHARE_COLORS[name] }} />
        ))}
      </div>
      {shares.map(({ name, turns, tokens, depth, bytes }) => (
        <div className="ln" key={titleOf(name, turns)}>
          <span className="sw" style={{ background: SHARE_COLORS[name] }} />
          <span className="grow">{titleOf(name, turns)}</span>
          <span className="num faint">{formatTokens(tokens)}</span>
          <span className="num">{formatBytes(bytes)}</span>
          <span className="faint held-by">
            <Trans
              i18nKey="chat.ring.heldBy"
              values={{ depth: formatNumber(depth, 1), layers: formatCount(kv.layers.length) }}
              components={MARKS}
            />
          </span>
        </div>
      ))}
    </>
  );
}

function titleOf(name: ShareName, turns: MemoryShare['turns']): string {
  if (!turns) return t(`chat.ring.shares.${name}`);
  const [from, to] = turns;
  return from === to ? t('chat.ring.turn', { turn: from }) : t('chat.ring.turns', { from, to });
}

/** Of the current chat's messages, 1 = first message of the user. */
function useTurns(): ReadonlyMap<string, number> {
  const ids = useApp((state) => state.chats[state.currentChatId].messageIds);
  const messages = useApp((state) => state.messages);
  return useMemo(() => {
    let turn = 0;
    return new Map(ids.map((id) => [id, messages[id].role === 'user' ? ++turn : turn]));
  }, [ids, messages]);
}

/** The whole process, as the system's task manager shows it, and what it has on a graphics processor. */
function EngineProcess({ kv }: { kv: KvStats }) {
  const resident = useApp((state) => state.engineBytes);
  const onDevice = useApp((state) => state.deviceBytes);
  if (resident === null) return null;
  if (onDevice === null) {
    return <Place name={t('chat.ring.process')} bytes={resident} kv={kv} rest={t('chat.ring.rest')} />;
  }
  return (
    <>
      <Place name={t('chat.ring.onDevice')} bytes={onDevice} kv={kv} rest={t('chat.ring.weights')} />
      <Line name={<b className="strong">{t('chat.ring.process')}</b>} bytes={resident} />
    </>
  );
}

interface PlaceProps {
  name: string;
  bytes: number;
  kv: KvStats;
  rest: string;
}

/** Where the cache is, with what else is there. */
function Place({ name, bytes, kv, rest }: PlaceProps) {
  return (
    <>
      <Line name={<b className="strong">{name}</b>} bytes={bytes} />
      <Line name={t('chat.ring.reserved')} bytes={kv.bytesAllocated} />
      <Line name={rest} bytes={Math.max(0, bytes - kv.bytesAllocated)} />
    </>
  );
}

function Line({ name, bytes }: { name: ReactNode; bytes: number }) {
  return (
    <div className="ln">
      <span className="grow">{name}</span>
      <span className="num">{formatBytes(bytes)}</span>
    </div>
  );
}
