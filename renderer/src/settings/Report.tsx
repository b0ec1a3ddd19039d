import { useState } from 'react';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

/** For when something broke: everything that helps to find out why, on the clipboard by one click. */
export function Report() {
  const [report, setReport] = useState<string | null>(null);
  const copy = () => void actions.copyDiagnostics().then(setReport);
  return (
    <section className="sec" aria-label={t('settings.report.title')}>
      <div className="sec-h">{t('settings.report.title')}</div>
      <div className="go">
        <button type="button" className="btn" onClick={copy}>
          {t('settings.report.copy')}
        </button>
        <button type="button" className="btn" onClick={() => actions.openFolder('logs')}>
          {t('settings.report.openLogs')}
        </button>
      </div>
      <p className="words" role="status">
        {report === null ? t('settings.report.about') : t('settings.report.copied')}
      </p>
      {report !== null && (
        <details>
          <summary className="link">{t('settings.report.show')}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard */}
          <pre className="report" tabIndex={0}>
            {report}
          </pre>
        </details>
      )}
    </section>
  );
}
