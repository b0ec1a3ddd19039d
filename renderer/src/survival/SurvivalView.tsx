import {
  type ComponentProps,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { HeldText } from '../../../engine/trace/replay.js';
import { formatNumber, formatPercent, formatTokens } from '../format.js';
import { MessageMenu } from '../pins/MessageMenu.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { shownSample } from '../timeline/moment.js';
import { Trans, t } from '../words.js';
import { HeldPins } from './HeldPins.js';
import { PassageText } from './PassageText.js';
import { SurvivalLegend } from './SurvivalLegend.js';
import { allHeads, meanHolding, type Passage, tokenAt } from './survival-text.js';
import { passagePlace, placeAt, shownPassage } from './text-places.js';
import { useFreshMemory } from './use-fresh-memory.js';
import { markToken, unmarkToken, useHighlights } from './use-highlights.js';
import { usePinMarks } from './use-pin-marks.js';
import { useShownText } from './use-shown-text.js';

/** The chat's text as the model has it, each token shaded by how many heads of its layers still hold it. */
export function SurvivalView() {
  const { memory, passages } = useShownText();
  const layer = useApp((state) => state.survival?.layer ?? null);
  const box = useRef<HTMLElement>(null);
  const [token, setToken] = useState<number | null>(null);
  const isNow = useApp((state) => shownSample(state) === null);
  useFreshMemory();
  useHighlights(box, memory, passages, layer);
  usePinMarks(box, passages);
  useFollowingEnd(box, passages.length);
  useEffect(() => {
    const passage = passages.find(({ from, to }) => token !== null && token >= from && token < to) ?? null;
    if (!memory || token === null || !passage) return;
    const start = token > 0 ? memory.ends[token - 1] : 0;
    markToken(box.current, passage, Math.max(0, start - passage.start), memory.ends[token] - passage.start);
    return unmarkToken;
  }, [memory, passages, token]);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = movedToken(event.key, token, passages);
    if (next === null) return;
    event.preventDefault();
    setToken(next);
    if (event.shiftKey && memory) selectTo(box.current, memory, passages, token ?? next, next);
    else getSelection()?.removeAllRanges();
  };
  const onPointerMove = (event: PointerEvent) => memory && setToken(tokenUnder(event, memory, passages));

  if (!memory || memory.ends.length === 0) return <NothingHeld />;
  return (
    <div className="survival">
      <SurvivalLegend memory={memory} layer={layer} token={token} />
      {isNow && <HeldPins />}
      <section
        className="scroll"
        ref={box}
        aria-label={t('survival.name')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the cursor keys read token by token
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setToken(null)}
        onWheel={() => setToken(null)}
      >
        <div className="col">
          {passages.map((passage) => (
            <WithMenu key={passage.id} id={passage.id}>
              <article className="held-msg">
                <header>
                  <b>{t(`survival.roles.${passage.role}`)}</b>
                  <span className="num">{formatTokens(passage.to - passage.from)}</span>
                  <span className="faint">
                    <Trans
                      i18nKey={memory.heads > 1 ? 'survival.heldByHeads' : 'survival.heldByLayers'}
                      values={{ holding: formatNumber(meanHolding(memory, passage), 1), all: allHeads(memory) }}
                      components={{ n: <span className="num" /> }}
                    />
                  </span>
                </header>
                <PassageText id={passage.id} text={passage.text} />
              </article>
            </WithMenu>
          ))}
        </div>
      </section>
    </div>
  );
}

function NothingHeld() {
  const why = useApp(whyNothing);
  const isReplay = useApp((state) => state.replay !== null);
  return (
    <div className="survival empty">
      <p className="explain">{why}</p>
      {!isReplay && (
        <button type="button" className="link" onClick={actions.toggleSurvival}>
          {t('survival.back')}
        </button>
      )}
    </div>
  );
}

/** A message of the chat as it is can be pinned; one of an earlier moment is only looked at. */
function WithMenu({ id, children }: ComponentProps<typeof MessageMenu>) {
  const isPresent = useApp(({ messages }) => messages[id] !== undefined);
  return isPresent ? <MessageMenu id={id}>{children}</MessageMenu> : children;
}

/** Selects whole tokens of one passage, from where the selection began, or from `from`, to `to`. */
function selectTo(
  box: HTMLElement | null,
  { ends }: HeldText,
  passages: readonly Passage[],
  from: number,
  to: number,
): void {
  const selection = getSelection();
  const passage = passages.find((one) => to >= one.from && to < one.to);
  if (!selection || !passage) return;
  const startOf = (token: number) => Math.max(0, (token > 0 ? ends[token - 1] : 0) - passage.start);
  const endOf = (token: number) => Math.min(passage.text.length, ends[token] - passage.start);
  const { anchorNode, anchorOffset, isCollapsed } = selection;
  const begun = anchorNode && !isCollapsed ? passagePlace({ node: anchorNode, offset: anchorOffset }) : null;
  const anchor = begun?.id === passage.id ? begun.at : to >= from ? startOf(from) : endOf(from);
  const focus = endOf(to) > anchor ? endOf(to) : startOf(to);
  const shown = shownPassage(box, passage.id);
  const [first, last] = [placeAt(shown, anchor), placeAt(shown, focus)];
  if (first && last) selection.setBaseAndExtent(first.node, first.offset, last.node, last.offset);
}

function whyNothing(state: AppState): string {
  const { kv, kvChatId, currentChatId, replay, running } = state;
  if (!replay && running?.chatId === currentChatId) return readingWords(state);
  if (replay) return t('survival.nothing.replay');
  if ((kv?.tokensSeen ?? 0) > 0 && kvChatId !== currentChatId) {
    return t('survival.nothing.otherChat');
  }
  return t(shownSample(state) !== null ? 'survival.nothing.unknown' : 'survival.nothing.yet');
}

function readingWords({ running, reread, messages }: AppState): string {
  const answer = running && messages[running.answerId];
  const reading = answer?.role === 'assistant' ? answer.state : reread;
  const what = reread ? 'again' : 'reading';
  if (reading?.phase !== 'reading' || reading.total === 0) return t(`survival.nothing.${what}`);
  return t(`survival.nothing.${what}Share`, { share: formatPercent(reading.processed / reading.total, 0) });
}

/** A message that was just sent, and its answer, are seen. */
function useFollowingEnd(box: RefObject<HTMLElement | null>, passages: number): void {
  const before = useRef(0);
  useEffect(() => {
    if (before.current > 0 && passages > before.current) box.current?.scrollTo({ top: box.current.scrollHeight });
    before.current = passages;
  }, [box, passages]);
}

function tokenUnder(event: PointerEvent, { ends }: HeldText, passages: readonly Passage[]): number | null {
  const caret = document.caretRangeFromPoint(event.clientX, event.clientY);
  const place = caret && passagePlace({ node: caret.startContainer, offset: caret.startOffset });
  const passage = passages.find(({ id }) => id === place?.id);
  return place && passage ? tokenAt(ends, passage.start + Math.min(place.at, passage.text.length - 1)) : null;
}

function movedToken(key: string, from: number | null, passages: readonly Passage[]): number | null {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (step === undefined || passages.length === 0) return null;
  if (from === null) return passages[0].from;
  const to = from + step;
  if (passages.some((passage) => to >= passage.from && to < passage.to)) return to;
  const others = step > 0 ? passages.filter((each) => each.from > from) : passages.filter((each) => each.to <= from);
  const next = step > 0 ? others[0]?.from : others.at(-1)?.to;
  return next === undefined ? from : step > 0 ? next : next - 1;
}
