import { formatBytes, formatPercent, formatTokens } from '../format.js';
import { RereadButton } from '../memory/RereadButton.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import type { PinCost } from './pin-cost.js';
import { contentOfMessage } from './selected-text.js';
import { usePinCost } from './use-pin-cost.js';

const EXCERPT = 48;
/** Less than this of what is pinned is not worth a second reading. */
const NOTICED = 0.005;

/** Under a message: what of it is pinned, what that takes, and what was dropped before. */
export function PinLine({ id }: { id: string }) {
  const pins = useApp((state) => state.pins[id] ?? null);
  const cost = usePinCost(id, pins);
  // What is held changes with every layer that is read: nothing is told of it meanwhile.
  const isReread = useApp((state) => state.reread?.phase === 'reading');
  if (!pins) return null;
  return (
    <section className="pin-line" aria-label="Pinned">
      <p>
        <Icon name="pin" />
        <span>
          <b>{pins === true ? 'Pinned' : pins.length === 1 ? 'Pinned passage' : 'Pinned passages'}</b>, never dropped{' '}
          {isReread ? <span className="faint">· being read again</span> : <Cost cost={cost} />}
        </span>
        <button type="button" className="link" onClick={() => actions.unpin(id)}>
          Unpin
        </button>
      </p>
      {pins !== true && (
        <ul>
          {pins.map((range) => (
            <li key={range.from}>
              <q className="trunc">{excerpt(contentOfMessage(id).slice(range.from, range.to))}</q>
              {pins.length > 1 && (
                <IconButton icon="close" label="Unpin this passage" onClick={() => actions.unpinRange(id, range)} />
              )}
            </li>
          ))}
        </ul>
      )}
      {!isReread && cost && cost.missing > NOTICED && (
        <p className="pin-lost" role="status">
          <span>
            <span className="num">{formatPercent(cost.missing, 0)}</span> of it was dropped before.
          </span>
          <RereadButton />
        </p>
      )}
    </section>
  );
}

function Cost({ cost }: { cost: PinCost | null }) {
  if (!cost) return <span className="faint">from the next message on</span>;
  return (
    <span className="faint">
      · <PinTakes cost={cost} />
      {!cost.holds && ', from the next message on'}
    </span>
  );
}

/** "13 tokens, in place of others" */
export function PinTakes({ cost: { tokens, takes, bytes } }: { cost: PinCost }) {
  return (
    <>
      <span className="num">{formatTokens(tokens)}</span>
      {takes === 'place' && ', in place of others'}
      {takes === 'memory' && (
        <>
          , <span className="num">{formatBytes(Math.round(bytes))}</span> in full
        </>
      )}
    </>
  );
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= EXCERPT ? line : `${line.slice(0, EXCERPT).trimEnd()}…`;
}
