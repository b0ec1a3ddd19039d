import { useState } from 'react';
import { actions } from '../store/window-actions.js';

/** For when something broke: everything that helps to find out why, on the clipboard by one click. */
export function Report() {
  const [report, setReport] = useState<string | null>(null);
  const copy = () => void actions.copyDiagnostics().then(setReport);
  return (
    <section className="sec" aria-label="If something broke">
      <div className="sec-h">If something broke</div>
      <div className="go">
        <button type="button" className="btn" onClick={copy}>
          Copy a report
        </button>
        <button type="button" className="btn" onClick={() => actions.openFolder('logs')}>
          Open log folder
        </button>
      </div>
      <p className="words" role="status">
        {report === null
          ? 'Versions, hardware, model, settings and the last lines of the log. Nothing of your chats, and no name of yours.'
          : 'Copied; nothing was sent. Paste it into a new issue where you got Pyramid Chat, and say what you did.'}
      </p>
      {report !== null && (
        <details>
          <summary className="link">Show what was copied</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard */}
          <pre className="report" tabIndex={0}>
            {report}
          </pre>
        </details>
      )}
    </section>
  );
}
