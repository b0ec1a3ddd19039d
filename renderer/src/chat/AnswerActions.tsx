import { Popover } from '@base-ui/react/popover';
import type { StopReason } from '../../../engine/types.js';
import { CompareButton } from '../comparison/CompareButton.js';
import { formatCount, formatDuration, formatSpeed, formatTokens, tokenWord } from '../format.js';
import { choiceTitle } from '../memory/compression-words.js';
import { PinButton } from '../pins/PinButton.js';
import { IconButton } from '../shell/IconButton.js';
import { isBusy } from '../store/comparison.js';
import type { Answer, AnswerFigures } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { MARKS } from './marks.js';
import { useCopy } from './use-copy.js';
import { Versions } from './Versions.js';

function stopReasonWords(reason: StopReason): string {
  return t(`chat.end.reasons.${reason}`);
}

/** What can be done with an answer that has ended. The last one's are always in sight, the others' on hover and focus. */
export function AnswerActions({ answer, isLast }: { answer: Answer; isLast: boolean }) {
  const busy = useApp(isBusy);
  const figures = 'figures' in answer.state ? answer.state.figures : null;
  const stopReason = answer.state.phase === 'done' ? stopReasonWords(answer.state.stopReason) : t('chat.end.stopped');
  return (
    <div className={isLast ? 'acts' : 'acts quiet'}>
      <CopyAnswer text={answer.text} />
      <PinButton id={answer.id} />
      {!busy && (
        <IconButton
          icon="redo"
          label={t(isLast ? 'chat.actions.regenerate' : 'chat.actions.answerAgain')}
          onClick={() => actions.answerAgainTo(answer.id)}
        />
      )}
      {isLast && !busy && canBeContinued(answer) && (
        <IconButton icon="on" label={t('chat.actions.continue')} onClick={() => actions.continueAnswer(answer.id)} />
      )}
      <IconButton icon="fork" label={t('chat.actions.fork')} onClick={() => actions.forkChat(answer.id)} />
      <CompareButton answer={answer} />
      {figures && <Details answer={answer} figures={figures} stopReason={stopReason} />}
      <Versions id={answer.id} />
      {figures && <Summary figures={figures} />}
    </div>
  );
}

/** Nothing is left to be said where the model itself ended it. */
function canBeContinued({ state, text }: Answer): boolean {
  return text !== '' && !(state.phase === 'done' && state.stopReason === 'contextFull');
}

export function CopyAnswer({ text }: { text: string }) {
  const { copied, copy } = useCopy();
  return (
    <IconButton
      icon={copied ? 'check' : 'copy'}
      label={t(copied ? 'chat.actions.copied' : 'chat.actions.copyAnswer')}
      onClick={() => copy(text)}
    />
  );
}

function Summary({ figures: { completionTokens, timings } }: { figures: AnswerFigures }) {
  const { decodeMsPerToken, firstTokenMs } = timings;
  return (
    <span className="meta">
      <span className="num">{formatCount(completionTokens)}</span> {tokenWord(completionTokens)}
      {decodeMsPerToken !== null && decodeMsPerToken > 0 && (
        <>
          {' · '}
          <span className="num">{formatSpeed(decodeMsPerToken)}</span> {t('chat.tokensPerSecond')}
        </>
      )}
      {firstTokenMs !== null && (
        <>
          {' · '}
          <Trans i18nKey="chat.answer.firstToken" values={{ time: formatDuration(firstTokenMs) }} components={MARKS} />
        </>
      )}
    </span>
  );
}

interface DetailsProps {
  answer: Answer;
  figures: AnswerFigures;
  stopReason: string;
}

function Details({ answer: { forecast, model, asked }, figures, stopReason }: DetailsProps) {
  const { completionTokens, promptTokens, reusedTokens, seed, timings } = figures;
  const { firstTokenMs, decodeMsPerToken, prefillMs } = timings;
  return (
    <Popover.Root>
      <Popover.Trigger render={<IconButton icon="info" label={t('chat.details.open')} />} />
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" collisionPadding={8}>
          <Popover.Popup className="card details" aria-label={t('chat.details.label')}>
            <dl className="figures">
              {model !== undefined && <Row name={t('chat.details.model')} value={model} />}
              {asked?.compression && (
                <Row name={t('chat.details.compression')} value={choiceTitle(asked.compression)} />
              )}
              <Row name={t('chat.details.written')} value={formatTokens(completionTokens)} />
              <Row name={t('chat.details.prompt')} value={formatTokens(promptTokens)} />
              <Row name={t('chat.details.reused')} value={formatTokens(reusedTokens)} />
              <Row name={t('chat.details.readIn')} value={formatDuration(prefillMs)} />
              <Row
                name={t('chat.details.firstToken')}
                value={firstTokenMs === null ? '–' : formatDuration(firstTokenMs)}
              />
              {typeof forecast?.firstTokenMs === 'number' && (
                <Row name={t('chat.details.firstTokenForecast')} value={formatDuration(forecast.firstTokenMs)} />
              )}
              {forecast && <Row name={t('chat.details.promptForecast')} value={formatTokens(forecast.promptTokens)} />}
              <Row
                name={t('chat.details.speed')}
                value={decodeMsPerToken ? `${formatSpeed(decodeMsPerToken)} ${t('chat.tokensPerSecond')}` : '–'}
              />
              <Row name={t('chat.details.seed')} value={String(seed)} />
            </dl>
            <hr />
            <p className="muted">{stopReason}.</p>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}
