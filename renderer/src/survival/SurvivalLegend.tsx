import type { HeldText } from '../../../engine/trace/replay.js';
import type { TextMemory } from '../../../engine/types.js';
import { formatCount, formatMoment } from '../format.js';
import { Hint } from '../shell/Hint.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { shownMs } from '../timeline/moment.js';
import { t } from '../words.js';
import { allHeads, countLevels, LEVELS, levelName } from './survival-text.js';

/** What is pinned is known of the present alone. */
type ShownMemory = HeldText & Partial<Pick<TextMemory, 'pinned'>>;

interface SurvivalLegendProps {
  memory: ShownMemory;
  layer: number | null;
  /** Under the pointer or the cursor keys. */
  token: number | null;
}

/** What the shades mean, how many tokens have each, and the one that is looked at. */
export function SurvivalLegend({ memory, layer, token }: SurvivalLegendProps) {
  const byHead = memory.heads > 1;
  const counts = countLevels(memory, layer);
  const pastMs = useApp(shownMs);
  const hasPins = useApp((state) => shownMs(state) === null && hasPinsHere(state));
  const shown = layer === null ? LEVELS : ([5, 0] as const);
  return (
    <div className="survival-head">
      <div className="survival-title">
        <b>{t('survival.title')}</b>
        {pastMs !== null && <span className="past">{t('survival.asItWas', { moment: formatMoment(pastMs) })}</span>}
        <span className="faint">
          {layer === null
            ? t(byHead ? 'survival.ofAllHeads' : 'survival.ofAllLayers')
            : t('survival.ofLayer', { layer })}
        </span>
        <Hint about={t('survival.title')} text={t(byHead ? 'survival.about' : 'survival.aboutLayers')} />
        {layer !== null && (
          <button type="button" className="link" onClick={() => actions.showLayer(layer)}>
            {t('survival.allLayers')}
          </button>
        )}
      </div>
      <ul className="survival-levels" aria-label={t('survival.legend')}>
        {shown.map((level) => {
          const name =
            layer === null
              ? levelName(level, allHeads(memory))
              : t(`survival.levels.${level === 5 ? 'held' : 'notHeld'}`);
          return (
            name && (
              <li key={level}>
                <span className={`level level-${level}`} aria-hidden="true">
                  {level === 0 && t('survival.levels.sample')}
                </span>
                {name} <span className="num">{formatCount(counts[level])}</span>
              </li>
            )
          );
        })}
        {hasPins && (
          <li>
            <span className="level level-pinned" aria-hidden="true" />
            {t('survival.levels.pinned')}
          </li>
        )}
      </ul>
      <p className="survival-token" aria-live="polite">
        {token === null || token >= memory.ends.length ? t('survival.token.howTo') : describeToken(memory, token)}
      </p>
    </div>
  );
}

function hasPinsHere({ chats, currentChatId, pins }: AppState): boolean {
  return chats[currentChatId].messageIds.some((id) => pins[id]);
}

function describeToken(memory: ShownMemory, token: number): string {
  const { text, ends, droppedIn, pinned = [] } = memory;
  const part = text.slice(token > 0 ? ends[token - 1] : 0, ends[token]);
  const isPinned = pinned.some(({ from, to }) => token >= from && token < to);
  const turn = droppedIn[token];
  const figures = { word: wordOf(part), token: formatCount(token), holders: holdersOf(memory, token), turn };
  if (turn > 0) return t(isPinned ? 'survival.token.droppedPinned' : 'survival.token.dropped', figures);
  return t(isPinned ? 'survival.token.heldPinned' : 'survival.token.held', figures);
}

function holdersOf(memory: ShownMemory, token: number): string {
  const layers = { depth: memory.depths[token], layers: memory.held.length };
  if (memory.heads === 1) return t('survival.token.byLayers', layers);
  return t('survival.token.byHeads', { ...layers, holding: memory.rows[token], all: allHeads(memory) });
}

function wordOf(part: string): string {
  const text = part.trim();
  if (text !== '') return t('survival.token.word', { text });
  return t(part.includes('\n') ? 'survival.token.lineBreak' : 'survival.token.space');
}
