import type { EngineErrorShape } from '../../../engine/errors.js';
import type { CompressionChoice } from '../../../engine/types.js';
import { openChatTab } from '../assistants/open.js';
import { leastBudget, type WayOut, wordsFor } from '../error-words.js';
import { formatBytes } from '../format.js';
import { FailureNote } from '../shell/FailureNote.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

interface ErrorNoteProps {
  error: EngineErrorShape;
  isLast: boolean;
  hasText: boolean;
}

/** An answer that failed: the cause, and the ways out of it. */
export function ErrorNote({ error, isLast, hasText }: ErrorNoteProps) {
  const { ways } = wordsFor(error);
  const budgetBytes = leastBudget(error);
  const isOnDevice = useApp(({ model }) => model.state === 'ready' && model.runtime.device !== undefined);
  const canCompress = useApp(({ compression }) => compression !== null && !isStrong(compression));
  const answerUnder = (compression: CompressionChoice) => {
    actions.setCompression(compression);
    actions.regenerate();
  };
  const run: WaysOutProps['run'] = {
    tryAgain: actions.regenerate,
    editMessage: actions.editLast,
    editSystemPrompt: openChatTab,
    newChat: actions.newChat,
    leastBudget: () => budgetBytes !== null && answerUnder({ budgetBytes }),
    faithful: () => answerUnder({ preset: 'faithful' }),
    ...(canCompress && { compact: () => answerUnder({ preset: 'compact' }) }),
    ...(isOnDevice && { onProcessor: () => void actions.setDevice('cpu') }),
    chooseModel: () => void actions.chooseModel('file'),
    defaultModel: () => void actions.loadModel(null),
    openLog: actions.openLog,
  };
  return (
    <FailureNote error={error}>
      {consequence(isLast, hasText)}
      {isLast && <WaysOut ways={ways} run={run} budgetBytes={budgetBytes} />}
    </FailureNote>
  );
}

/** Nothing stronger can be offered. */
function isStrong(choice: CompressionChoice): boolean {
  return 'preset' in choice && (choice.preset === 'compact' || choice.preset === 'paper');
}

function consequence(isLast: boolean, hasText: boolean): string {
  if (hasText) return t('chat.failed.writtenStays');
  return t(isLast ? 'chat.failed.messageStays' : 'chat.failed.leftOut');
}

interface WaysOutProps {
  ways: readonly WayOut[];
  /** A way that leads nowhere from here is not offered. */
  run: Readonly<Partial<Record<WayOut, () => void>>>;
  /** What the way `leastBudget` offers. */
  budgetBytes?: number | null;
}

/** The first way out stands out; the log is a quiet link. */
export function WaysOut({ ways, run, budgetBytes }: WaysOutProps) {
  const open = ways.filter((way) => run[way]);
  if (open.length === 0) return null;
  return (
    <div className="go">
      {open.map((way, index) => (
        <button
          key={way}
          type="button"
          className={way === 'openLog' ? 'link' : index === 0 ? 'btn pri' : 'btn'}
          onClick={run[way]}
        >
          {t(`chat.ways.${way}`, { budget: formatBytes(budgetBytes ?? 0) })}
        </button>
      ))}
    </div>
  );
}
