import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Trans, t } from '../words.js';
import { Failure } from './Failure.js';
import { HUB } from './models-actions.js';
import { useModels } from './models-store.js';
import { modelsActions } from './window-models.js';

/** Where downloads come from, and a mirror’s address instead. */
export function HubAddress() {
  const hub = useModels((state) => state.view?.hub ?? '');
  const [text, setText] = useState<string | null>(null);
  const isRefused = useModels((state) => state.failure?.about === HUB);
  const form = useRef<HTMLFormElement>(null);
  // It stands at the end of a long list, and grows.
  useEffect(() => {
    if (text !== null || isRefused) form.current?.scrollIntoView({ block: 'end' });
  }, [text, isRefused]);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const address = text?.trim() ?? '';
    if (await modelsActions.setHub(address === '' ? null : address)) setText(null);
  };
  return (
    <form ref={form} className="hub" onSubmit={save}>
      <p className="explain">
        <Trans i18nKey="models.hub.about" values={{ hub }} components={{ path: <span className="path" /> }} />{' '}
        {text === null && (
          <button type="button" className="link" onClick={() => setText(hub)}>
            {t('models.hub.useAnother')}
          </button>
        )}
      </p>
      {text !== null && (
        <div className="setting">
          <label htmlFor="hub-address">{t('models.hub.address')}</label>
          <input
            id="hub-address"
            className="field address"
            type="text"
            inputMode="url"
            spellCheck={false}
            placeholder={t('models.hub.usual')}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <button type="submit" className="btn pri">
            {t('models.hub.use')}
          </button>
          <button type="button" className="btn" onClick={() => setText(null)}>
            {t('models.hub.keep')}
          </button>
        </div>
      )}
      <Failure about={HUB} />
    </form>
  );
}
