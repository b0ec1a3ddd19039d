import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatDuration, formatSpeed } from '../format.js';
import { Hint } from '../shell/Hint.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { shownKv } from '../timeline/moment.js';
import { t } from '../words.js';

/** Figures as the engine reported them; one that it has not reported yet is a dash. */
export function MemoryFacts() {
  const kv = useApp(shownKv);
  const allowed = kv && kv.tokensSeen > 0 && kv.budgetBytes !== null && formatBytes(kv.budgetBytes);
  const load = useApp((state) => (state.model.state === 'ready' ? formatDuration(state.model.loadMs) : null));
  const first = useApp(lastFirstToken);
  const speed = useApp(lastSpeed);
  return (
    <section className="sec" aria-label={t('memory.facts.title')}>
      <div className="sec-h">
        {t('memory.facts.title')}
        <Hint about={t('memory.facts.title')} text={t('memory.facts.about')} />
      </div>
      <dl className="figures">
        <Figure
          name={t('memory.facts.seen')}
          value={kv && formatCount(kv.tokensSeen)}
          of={kv && t('memory.facts.of', { all: formatCount(kv.contextLength) })}
        />
        <Figure
          name={t('memory.facts.inUse')}
          value={kv && formatBytes(kv.bytesInUse)}
          of={kv && t('memory.facts.ofAllocated', { bytes: formatBytes(kv.bytesAllocated) })}
        />
        <Figure name={t('memory.facts.allowed')} value={allowed || null} />
        <Figure name={t('memory.facts.loadedIn')} value={load} />
        <Figure name={t('memory.facts.firstWord')} value={first} />
        <Figure name={t('memory.facts.speed')} value={speed} of={speed && t('memory.facts.perSecond')} />
      </dl>
    </section>
  );
}

function Figure({ name, value, of }: { name: string; value: ReactNode; of?: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">
        {value ?? '–'}
        {of && <span className="u"> {of}</span>}
      </dd>
    </div>
  );
}

function lastTimings({ chats, currentChatId, messages }: AppState) {
  for (const id of chats[currentChatId].messageIds.toReversed()) {
    const message = messages[id];
    if (message.role !== 'assistant') continue;
    if (message.state.phase === 'writing') return message.state.timings;
    if ('figures' in message.state && message.state.figures) return message.state.figures.timings;
  }
  return null;
}

function lastFirstToken(state: AppState): string | null {
  const ms = lastTimings(state)?.firstTokenMs;
  return typeof ms === 'number' ? formatDuration(ms) : null;
}

function lastSpeed(state: AppState): string | null {
  const ms = lastTimings(state)?.decodeMsPerToken;
  return typeof ms === 'number' && ms > 0 ? formatSpeed(ms) : null;
}
