import { IconButton } from '../shell/IconButton.js';
import { comparableAnswer, compareButtonId } from '../store/comparing.js';
import { isBusy } from '../store/comparison.js';
import type { Answer } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

/** Opens the comparison of an answer that has ended. */
export function CompareButton({ answer }: { answer: Answer }) {
  const busy = useApp(isBusy);
  if (busy || !comparableAnswer(answer)) return null;
  return (
    <IconButton
      id={compareButtonId(answer.id)}
      icon="columns"
      label={t('comparison.open')}
      onClick={() => actions.openComparison(answer.id)}
    />
  );
}
