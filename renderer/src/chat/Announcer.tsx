import { useEffect, useRef } from 'react';
import type { EngineErrorShape } from '../../../engine/errors.js';
import { wordsFor } from '../error-words.js';
import { formatTokens } from '../format.js';
import type { Answer, AppState } from '../store/state.js';
import { appStore } from '../store/store.js';
import { t } from '../words.js';
import { finishedSentences, unspoken } from './sentences.js';

const PAUSE_MS = 900;
const NOTHING = { answerId: '', length: 0 };

/** Tells screen readers what happens: finished sentences and turns of events, never single tokens. */
export function Announcer() {
  const region = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const speech = createSpeech((text) => region.current && say(region.current, text));
    const stop = appStore.subscribe((state, before) => speech.follow(state, before));
    return () => {
      stop();
      speech.dispose();
    };
  }, []);
  return <div ref={region} className="sr-only" aria-live="polite" role="log" aria-label={t('chat.announcer.label')} />;
}

/** One line for each announcement; a few stay, so that a reader that is slow still finds them. */
function say(region: HTMLElement, text: string): void {
  const line = document.createElement('p');
  line.textContent = text;
  region.append(line);
  while (region.childElementCount > 6) region.firstElementChild?.remove();
}

function createSpeech(speak: (text: string) => void) {
  let spokenTo = NOTHING;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function speakSentences(answerId: string): void {
    timer = undefined;
    const answer = answerOf(appStore.getState(), answerId);
    if (!answer || spokenTo.answerId !== answerId) return;
    const { spoken, next } = finishedSentences(answer.text, spokenTo.length);
    spokenTo = { answerId, length: next };
    if (spoken) speak(spoken);
  }

  return {
    follow(state: AppState, before: AppState): void {
      const running = state.running?.answerId;
      const endedId = before.running && before.running.answerId !== running ? before.running.answerId : null;
      const ended = endedId ? answerOf(state, endedId) : null;
      if (ended) {
        clearTimeout(timer);
        timer = undefined;
        const from = spokenTo.answerId === ended.id ? spokenTo.length : (ended.continuedFrom ?? 0);
        spokenTo = NOTHING;
        speak([unspoken(ended.text, from), endingWords(ended)].filter(Boolean).join(' '));
      }
      if (running && running !== spokenTo.answerId) {
        spokenTo = { answerId: running, length: answerOf(state, running)?.continuedFrom ?? 0 };
        speak(t('chat.announcer.reading'));
      } else if (running && state.messages !== before.messages) {
        timer ??= setTimeout(() => speakSentences(running), PAUSE_MS);
      }
      if (state.model.state !== before.model.state) speakAboutModel(state, speak);
    },
    dispose: () => clearTimeout(timer),
  };
}

function speakAboutModel({ model }: AppState, speak: (text: string) => void): void {
  if (model.state === 'ready') speak(t('chat.announcer.modelLoaded'));
  if (model.state === 'failed') speak(inWords(model.error));
}

function answerOf(state: AppState, id: string): Answer | null {
  const message = state.messages[id];
  return message?.role === 'assistant' ? message : null;
}

function endingWords({ state }: Answer): string {
  if (state.phase === 'done') {
    return t('chat.announcer.finished', { tokens: formatTokens(state.figures.completionTokens) });
  }
  if (state.phase === 'stopped') return t('chat.announcer.stopped');
  return state.phase === 'failed' ? inWords(state.error) : '';
}

function inWords(error: EngineErrorShape): string {
  const { title, message } = wordsFor(error);
  return `${title} ${message}`;
}
