import type { EngineErrorShape } from '../../../engine/errors.js';
import { wordsFor } from '../error-words.js';
import { t } from '../words.js';

/** In other languages than English, behind what an error is in words: what was said where it failed. */
export function Wording({ error }: { error: EngineErrorShape }) {
  const { wording } = wordsFor(error);
  if (wording === null) return null;
  return (
    <small className="wording">
      {t('errors.wording')} <span lang="en">{wording}</span>
    </small>
  );
}
