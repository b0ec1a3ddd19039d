import type { DownloadView } from '../../../electron/ipc/model-contract.js';
import { FailureNote } from '../shell/FailureNote.js';
import { IconButton } from '../shell/IconButton.js';
import { Icon } from '../shell/icons.js';
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
        <ul className="downloads" aria-label="Downloads">
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
            aria-label={`${isFailed ? 'Try again' : 'Resume'}: ${name}`}
            onClick={() => modelsActions.download(id)}
          >
            <Icon name={isFailed ? 'redo' : 'play'} />
            {isFailed ? 'Try again' : 'Resume'}
          </button>
        ) : (
          <IconButton icon="pause" label={`Pause ${name}`} onClick={() => modelsActions.pause(id)} />
        )}
        <IconButton
          icon="close"
          label={`Cancel ${name} and remove what has come`}
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
      aria-label={`Download of ${name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      data-quiet={download.state.state === 'paused' || download.state.state === 'failed' ? '' : undefined}
    >
      <i style={{ width: `${percent ?? 0}%` }} />
    </div>
  );
}
