import type { DownloadView } from '../../../electron/ipc/model-contract.js';
import { FailureNote } from '../shell/FailureNote.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
import { t } from '../words.js';
import { Arrival } from './Arrival.js';
import { Failure } from './Failure.js';
import { downloadFraction, downloadWords } from './model-words.js';
import { useModels } from './models-store.js';
import { modelsActions } from './window-models.js';

const NONE: readonly DownloadView[] = [];

/** What is under way, on both pages. */
export function DownloadList() {
  const downloads = useModels((state) => state.view?.downloads ?? NONE);
  return (
    <>
      {downloads.length > 0 && (
        <ul className="downloads" aria-label={t('models.downloads.title')}>
          {downloads.map((download) => (
            <DownloadRow key={download.id} download={download} />
          ))}
        </ul>
      )}
      <Arrival />
    </>
  );
}

function DownloadRow({ download }: { download: DownloadView }) {
  const { id, file, state } = download;
  // In full: two quantizations of a model differ by nothing else.
  const name = file.replace(/\.gguf$/i, '');
  const canGoOn = state.state === 'paused' || state.state === 'failed';
  const isFailed = state.state === 'failed';
  return (
    <li className="download">
      <div className="model-line">
        <Icon name="save" />
        <span className="model-name trunc">{name}</span>
        <span className="model-meta trunc num">{downloadWords(download)}</span>
        {canGoOn ? (
          <button
            type="button"
            className="btn"
            aria-label={
              isFailed ? t('models.downloads.tryAgainNamed', { name }) : t('models.downloads.resumeNamed', { name })
            }
            onClick={() => modelsActions.download(id)}
          >
            <Icon name={isFailed ? 'redo' : 'play'} />
            {isFailed ? t('models.tryAgain') : t('models.downloads.resume')}
          </button>
        ) : (
          <IconButton
            icon="pause"
            label={t('models.downloads.pause', { name })}
            onClick={() => modelsActions.pause(id)}
          />
        )}
        <IconButton
          icon="close"
          label={t('models.downloads.cancel', { name })}
          onClick={() => modelsActions.cancel(id)}
        />
      </div>
      <Progress download={download} name={name} />
      {isFailed && <FailureNote error={state.error} />}
      <Failure about={id} />
    </li>
  );
}

function Progress({ download, name }: { download: DownloadView; name: string }) {
  const fraction = downloadFraction(download);
  const percent = fraction === null ? undefined : Math.round(fraction * 100);
  return (
    <div
      className="prog"
      role="progressbar"
      aria-label={t('models.downloads.progress', { name })}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      data-quiet={download.state.state === 'paused' || download.state.state === 'failed' ? '' : undefined}
    >
      <i style={{ width: `${percent ?? 0}%` }} />
    </div>
  );
}
