import { keysOf } from '../shell/keys.js';
import { Trans } from '../words.js';

/** A chat before its first message, in the small window. */
export function QuickEmpty() {
  return (
    <p className="quick-empty">
      <Trans
        i18nKey="shell.quick.about"
        values={{ whole: keysOf('openWhole'), away: keysOf('stop') }}
        components={{ k: <kbd /> }}
      />
    </p>
  );
}
