import { wordsFor } from '../error-words.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { Wording } from '../shell/Wording.js';
import { type Attaching, MOST_TYPED } from '../store/attaching.js';
import { appStore, useApp } from '../store/store.js';
import { draftOf } from '../store/turns.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { PieceLine } from './PieceLine.js';
import { pieceOf } from './piece.js';

/** What will be sent with the typed text, what is still being read, and what could not be. */
export function DraftPieces() {
  const pasted = useApp((state) => draftOf(state, state.currentChatId).pasted);
  const chatId = useApp((state) => state.currentChatId);
  const all = useApp((state) => state.attaching);
  const attaching = all.filter((one) => one.chatId === chatId);
  if (pasted.length === 0 && attaching.length === 0) return null;
  return (
    <ul className="pieces" aria-label={t('attachments.list')}>
      {pasted.map((piece, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
        <DraftPiece key={index} piece={piece} index={index} />
      ))}
      {attaching.map((one) => (
        <AttachingLine key={one.id} attaching={one} />
      ))}
    </ul>
  );
}

function DraftPiece({ piece, index }: { piece: string; index: number }) {
  const { kind, name } = pieceOf(piece);
  const isPasted = kind === 'pasted';
  return (
    <li>
      <PieceLine source={piece} showsTokens />
      {isPasted && piece.length <= MOST_TYPED && (
        <IconButton icon="edit" label={t('attachments.intoMessage')} onClick={() => putIntoMessage(index)} />
      )}
      <IconButton
        icon="close"
        label={isPasted ? t('attachments.removePasted') : t('attachments.remove', { name })}
        onClick={() => remove(index)}
      />
    </li>
  );
}

function AttachingLine({ attaching: { id, name, error } }: { attaching: Attaching }) {
  const words = error && wordsFor(error);
  return (
    <li className={words ? 'failed' : undefined}>
      <Icon name={words ? 'warn' : 'doc'} />
      {words ? (
        <span className="grow" role="alert">
          <b>{words.title}</b> {words.message}
          <Wording error={error} />
        </span>
      ) : (
        <>
          <bdi className="grow trunc">{name}</bdi>
          <span className="faint">{t('attachments.reading')}</span>
        </>
      )}
      <IconButton
        icon="close"
        label={words ? t('attachments.close') : t('attachments.stopReading', { name })}
        onClick={() => {
          actions.dropAttaching(id);
          actions.focusInput();
        }}
      />
    </li>
  );
}

function putIntoMessage(index: number): void {
  actions.putIntoMessage(index);
  actions.focusInput();
}

function remove(index: number): void {
  const state = appStore.getState();
  const draft = draftOf(state, state.currentChatId);
  actions.changeDraft({ ...draft, pasted: draft.pasted.filter((_, place) => place !== index) });
  actions.focusInput();
}
