import type { HeldText } from '../../../engine/trace/replay.js';
import type { TextMemory } from '../../../engine/types.js';
import { formatCount, formatMoment } from '../format.js';
import { Hint } from '../shell/Hint.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { shownMs } from '../timeline/moment.js';
import { countLevels, LEVELS, levelName } from './survival-text.js';

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
  const layers = memory.held.length;
  const counts = countLevels(memory, layer);
  const pastMs = useApp(shownMs);
  const hasPins = useApp((state) => shownMs(state) === null && hasPinsHere(state));
  const shown = layer === null ? LEVELS : ([5, 0] as const);
  return (
    <div className="survival-head">
      <div className="survival-title">
        <b>Survival</b>
        {pastMs !== null && <span className="past">as it was at {formatMoment(pastMs)}</span>}
        <span className="faint">
          {layer === null ? 'layers that hold each piece of a word' : `what layer ${layer} holds`}; held is not the same
          as understood
        </span>
        <Hint
          about="Survival"
          text="The model reads in tokens, which are pieces of words. Shown is how many of its layers still hold what they stored of each, in one of their heads at least, as the engine reports it. What is held can be looked up; whether the model makes use of it, this cannot tell."
        />
        {layer !== null && (
          <button type="button" className="link" onClick={() => actions.showLayer(layer)}>
            All layers
          </button>
        )}
      </div>
      <ul className="survival-levels" aria-label="Legend">
        {shown.map((level) => {
          const name = layer === null ? levelName(level, layers) : level === 5 ? 'held' : 'not held';
          return (
            name && (
              <li key={level}>
                <span className={`level level-${level}`} aria-hidden="true">
                  {level === 0 && 'word'}
                </span>
                {name} <span className="num">{formatCount(counts[level])}</span>
              </li>
            )
          );
        })}
        {hasPins && (
          <li>
            <span className="level level-pinned" aria-hidden="true" />
            pinned
          </li>
        )}
      </ul>
      <p className="survival-token" aria-live="polite">
        {token === null || token >= memory.ends.length
          ? 'Point at a word, or read token by token with the cursor keys.'
          : describeToken(memory, token)}
      </p>
    </div>
  );
}

function hasPinsHere({ chats, currentChatId, pins }: AppState): boolean {
  return chats[currentChatId].messageIds.some((id) => pins[id]);
}

function describeToken({ text, ends, depths, held, droppedIn, pinned = [] }: ShownMemory, token: number): string {
  const part = text.slice(token > 0 ? ends[token - 1] : 0, ends[token]);
  const word = part.trim() === '' ? (part.includes('\n') ? 'A line break' : 'A space') : `“${part.trim()}”`;
  const dropped = droppedIn[token] > 0 ? `, last dropped in turn ${droppedIn[token]}` : '';
  const kept = pinned.some(({ from, to }) => token >= from && token < to) ? ', pinned' : '';
  return `${word}, token ${formatCount(token)}: ${depths[token]} of ${held.length} layers${dropped}${kept}`;
}
