import { formatBytes, formatPercent, formatTokens } from '../format.js';
import { RereadButton } from '../memory/RereadButton.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import type { PinCost } from './pin-cost.js';
import { contentOfMessage } from './selected-text.js';
import { usePinCost } from './use-pin-cost.js';

const EXCERPT = 48;
/** Less than this of what is pinned is not worth a second reading. */
const NOTICED = 0.005;
const N = { n: <span className="num" /> };

/** Under a message: what of it is pinned, what that takes, and what was dropped before. */
export function PinLine({ id }: { id: string }) {
  const pins = useApp((state) => state.pins[id] ?? null);
  const cost = usePinCost(id, pins);
  // What is held changes with every layer that is read: nothing is told of it meanwhile.
  const isReread = useApp((state) => state.reread?.phase === 'reading');
  if (!pins) return null;
  const what = pins === true ? 'message' : pins.length === 1 ? 'passage' : 'passages';
  return (
    <section className="pin-line" aria-label={t('pins.name')}>
      <p>
        <Icon name="pin" />
        <span>
          <Trans i18nKey={`pins.pinned.${what}`} components={{ b: <b /> }} />{' '}
          {isReread ? <span className="faint">{t('pins.readAgain')}</span> : <Cost cost={cost} />}
        </span>
        <button type="button" className="link" onClick={() => actions.unpin(id)}>
          {t('pins.unpin')}
        </button>
      </p>
      {pins !== true && (
        <ul>
          {pins.map((range) => (
            <li key={range.from}>
              <q className="trunc">{excerpt(contentOfMessage(id).slice(range.from, range.to))}</q>
              {pins.length > 1 && (
                <IconButton icon="close" label={t('pins.unpinPassage')} onClick={() => actions.unpinRange(id, range)} />
              )}
            </li>
          ))}
        </ul>
      )}
      {!isReread && cost && cost.missing > NOTICED && (
        <p className="pin-lost" role="status">
          <span>
            <Trans i18nKey="pins.lost" values={{ share: formatPercent(cost.missing, 0) }} components={N} />
          </span>
          <RereadButton />
        </p>
      )}
    </section>
  );
}

function Cost({ cost }: { cost: PinCost | null }) {
  if (!cost) return <span className="faint">{t('pins.fromNext')}</span>;
  return (
    <span className="faint">
      · <PinTakes cost={cost} when={cost.holds ? 'takes' : 'willTake'} />
    </span>
  );
}

/** "13 tokens, in place of others" */
export function PinTakes({ cost, when = 'takes' }: { cost: PinCost; when?: 'takes' | 'willTake' }) {
  return (
    <Trans
      i18nKey={`pins.${when}.${cost.takes}`}
      values={{ tokens: formatTokens(cost.tokens), bytes: formatBytes(Math.round(cost.bytes)) }}
      components={N}
    />
  );
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= EXCERPT ? line : `${line.slice(0, EXCERPT).trimEnd()}…`;
}
