import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';

export function YourData() {
  const folder = useApp((state) => state.appInfo?.dataFolder ?? null);
  return (
    <section className="sec" aria-label="Your data">
      <div className="sec-h">Your data</div>
      <p className="words">
        Nothing leaves this computer: the model runs here, and chats, settings and files stay here. There is no account
        and no telemetry. Only what you ask for goes out: a link that you open, a model that you download.
      </p>
      {folder !== null && (
        <>
          <p className="words path">{folder}</p>
          <button type="button" className="btn" onClick={() => actions.openFolder('data')}>
            Open data folder
          </button>
        </>
      )}
    </section>
  );
}
