import type { GraphicsDevice, RuntimeNote } from '../../../engine/types.js';
import { formatBytes, formatCount, formatDuration } from '../format.js';
import { useApp } from '../store/store.js';
import { t } from '../words.js';

/**
 * The device that the loaded model runs on, and why it runs as it does, where it could be otherwise. It is announced when
 * the model was loaded on another one: its place stands empty until then.
 */
export function DeviceFacts() {
  const runtime = useApp(({ model }) => (model.state === 'ready' ? model.runtime : null));
  return (
    <div className="device" role="status">
      {runtime?.device && <p className="words">{deviceWords(runtime.device)}</p>}
      {runtime?.notes.map((note) => (
        <p className="words" key={note.code}>
          {noteWords(note)}
        </p>
      ))}
    </div>
  );
}

function deviceWords({ name, backend, driver, memoryBytes }: GraphicsDevice): string {
  return [
    `${name ? t('settings.device.is', { name, backend }) : t('settings.device.unnamed', { backend })}.`,
    driver && t('settings.device.driver', { driver }),
    memoryBytes !== null && t('settings.device.memory', { bytes: formatBytes(memoryBytes) }),
  ]
    .filter(Boolean)
    .join(' ');
}

/** What a driver says may name files and lines of it: the log has all of it. */
const MOST_CHARACTERS = 160;

function brief(reason: string): string {
  return reason.length > MOST_CHARACTERS ? `${reason.slice(0, MOST_CHARACTERS)}…` : reason;
}

/** In the language of the window, figures as they are written elsewhere. */
function noteWords({ code, details }: RuntimeNote): string {
  const { reason, neededBytes, deviceBytes, processorMs, deviceMs, read, written, ...others } = details;
  return t(`model.notes.${code}`, {
    ...others,
    reason: brief(String(reason)),
    neededBytes: formatBytes(Number(neededBytes)),
    deviceBytes: formatBytes(Number(deviceBytes)),
    processor: formatDuration(Number(processorMs)),
    device: formatDuration(Number(deviceMs)),
    read: formatCount(Number(read)),
    written: formatCount(Number(written)),
  });
}
