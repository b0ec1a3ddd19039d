import { Popover } from '@base-ui/react/popover';
import type { StopReason } from '../../../engine/types.js';
import { askedRows } from '../assistants/asked-rows.js';
import { CompareButton } from '../comparison/CompareButton.js';
import { formatCount, formatDuration, formatSpeed, formatTokens, tokenWord } from '../format.js';
import { choiceTitle } from '../memory/compression-words.js';
import { PinButton } from '../pins/PinButton.js';
import { IconButton } from '../shell/IconButton.js';
import { isBusy } from '../store/comparison.js';
import type { Answer, AnswerFigures } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { useCopy } from './use-copy.js';
import { Versions } from './Versions.js';

export const STOP_REASONS: Readonly<Record<StopReason, string>> = {
  endToken: 'The model ended it',
  stopString: 'A stop text came',
  maxTokens: 'The limit of tokens was reached',
  contextFull: 'The context was full',
  read: 'Nothing was to be written',
};

/** What can be done with an answer that has ended. The last one's are always in sight, the others' on hover and focus. */
export function AnswerActions({ answer, isLast }: { answer: Answer; isLast: boolean }) {
  const busy = useApp(isBusy);
  const figures = 'figures' in answer.state ? answer.state.figures : null;
  const stopReason = answer.state.phase === 'done' ? STOP_REASONS[answer.state.stopReason] : 'Stopped by you';
  return (
    <div className={isLast ? 'acts' : 'acts quiet'}>
      <CopyAnswer text={answer.text} />
      <PinButton id={answer.id} />
      {!busy && (
        <IconButton
          icon="redo"
          label={isLast ? 'Regenerate' : 'Answer again'}
          onClick={() => actions.answerAgainTo(answer.id)}
        />
      )}
      {isLast && !busy && canBeContinued(answer) && (
        <IconButton icon="on" label="Continue" onClick={() => actions.continueAnswer(answer.id)} />
      )}
      <IconButton icon="fork" label="New chat from here" onClick={() => actions.forkChat(answer.id)} />
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
    <IconButton icon={copied ? 'check' : 'copy'} label={copied ? 'Copied' : 'Copy answer'} onClick={() => copy(text)} />
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
          <span className="num">{formatSpeed(decodeMsPerToken)}</span> tok/s
        </>
      )}
      {firstTokenMs !== null && (
        <>
          {' · first token '}
          <span className="num">{formatDuration(firstTokenMs)}</span>
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
      <Popover.Trigger render={<IconButton icon="info" label="Details" />} />
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" collisionPadding={8}>
          <Popover.Popup className="card details" aria-label="Details of the answer">
            <dl className="figures">
              {model !== undefined && <Row name="Model" value={model} />}
              {asked && askedRows(asked).map(([name, value]) => <Row key={name} name={name} value={value} />)}
              {asked?.compression && <Row name="Compression" value={choiceTitle(asked.compression)} />}
              <Row name="Written" value={formatTokens(completionTokens)} />
              <Row name="Prompt" value={formatTokens(promptTokens)} />
              <Row name="Reused of it" value={formatTokens(reusedTokens)} />
              <Row name="Prompt read in" value={formatDuration(prefillMs)} />
              <Row name="First token after" value={firstTokenMs === null ? '–' : formatDuration(firstTokenMs)} />
              {typeof forecast?.firstTokenMs === 'number' && (
                <Row name="That was forecast" value={formatDuration(forecast.firstTokenMs)} />
              )}
              {forecast && <Row name="Prompt, forecast" value={formatTokens(forecast.promptTokens)} />}
              <Row name="Speed" value={decodeMsPerToken ? `${formatSpeed(decodeMsPerToken)} tok/s` : '–'} />
              <Row name="Seed" value={String(seed)} />
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
