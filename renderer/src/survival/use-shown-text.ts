import { useMemo } from 'react';
import { type HeldText, textAt } from '../../../engine/trace/replay.js';
import type { Trace, TraceSample } from '../../../engine/trace/schema.js';
import { messagesAt } from '../../../engine/trace/text.js';
import type { ChatMessage } from '../../../engine/types.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { shownSample, shownTrace } from '../timeline/moment.js';
import { type Passage, passagesOf } from './survival-text.js';
import { SYSTEM_PASSAGE, useAllPassages } from './use-passages.js';

interface ShownText {
  memory: HeldText | null;
  passages: readonly (Passage & Pick<ChatMessage, 'role'>)[];
}

/** The chat as the model has it now, or had it at the moment that is shown. */
export function useShownText(): ShownText {
  const present = useApp((state) => (state.kvChatId === state.currentChatId ? state.textMemory : null));
  const passages = useAllPassages(present);
  const messages = useApp((state) => state.messages);
  const trace = useApp(traceHere);
  const sample = useApp(shownSample);
  const past = useMemo(() => (trace && sample !== null ? textOf(trace, sample) : NOTHING), [trace, sample]);
  const now = useMemo(
    () => ({
      memory: present,
      passages: passages.map((passage) => ({
        ...passage,
        role: passage.id === SYSTEM_PASSAGE ? ('system' as const) : messages[passage.id].role,
      })),
    }),
    [present, passages, messages],
  );
  return sample === null ? now : past;
}

const NOTHING: ShownText = { memory: null, passages: [] };

/** That of another chat is not shown in this one's place. */
function traceHere(state: AppState): Trace | null {
  return state.replay || state.recorder?.chatId === state.currentChatId ? shownTrace(state) : null;
}

/** What was made of a sample, as long as no more is known of the turns. */
const known = new WeakMap<TraceSample, { turns: Trace['turns']; text: ShownText }>();

/** The same object as long as the same is shown, while the trace grows. */
function textOf(trace: Trace, index: number): ShownText {
  const { turns, samples } = trace;
  const before = known.get(samples[index]);
  if (before?.turns === turns) return before.text;
  const text = makeText(trace, index);
  known.set(samples[index], { turns, text });
  return text;
}

function makeText(trace: Trace, sample: number): ShownText {
  const { turn, generatedTokens } = trace.samples[sample];
  const memory = textAt(trace, sample);
  if (!memory) return NOTHING;
  const said = messagesAt(trace.turns, turn);
  // Before its first token, nothing of the answer is there to be found.
  const texts = (generatedTokens > 0 ? said : said.slice(0, -1)).map(({ content }, i) => ({
    id: String(i),
    text: content,
  }));
  const passages = passagesOf(memory, texts).map((passage) => ({ ...passage, role: said[Number(passage.id)].role }));
  return { memory, passages };
}
