import { Popover } from '@base-ui/react/popover';
import { useEffect, useState } from 'react';
import { withoutText } from '../../../engine/trace/record.js';
import type { Trace } from '../../../engine/trace/schema.js';
import { IconButton } from '../shell/IconButton.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { traceCsv } from './csv.js';
import { timelinePicture } from './picture.js';

/** What of a timeline can be saved, and opened again. */
export function ExportMenu({ trace }: { trace: Trace | null }) {
  const [isOpen, setOpen] = useState(false);
  const { isSaved, noteSaved } = useSavedNote();
  const close = () => setOpen(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <span role="status" className="saved faint">
        {isSaved && t('timeline.export.saved')}
      </span>
      <Popover.Trigger render={<IconButton icon="save" label={t('timeline.export.open')} />} />
      <Popover.Portal>
        <Popover.Positioner className="over-panel" sideOffset={6} align="end" collisionPadding={8}>
          <Popover.Popup className="card export" aria-label={t('timeline.export.title')}>
            {trace ? (
              <Exports trace={trace} onDone={close} onSaved={noteSaved} />
            ) : (
              <p className="muted">{t('timeline.export.nothingYet')}</p>
            )}
            <hr />
            <button
              type="button"
              className="export-row"
              onClick={() => {
                close();
                void actions.openTrace();
              }}
            >
              <b>{t('timeline.export.openTrace')}</b>
              <span>{t('timeline.export.openTraceAbout')}</span>
            </button>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

const SAID_MS = 4000;

function useSavedNote() {
  const [isSaved, setSaved] = useState(false);
  useEffect(() => {
    if (!isSaved) return;
    const timer = setTimeout(() => setSaved(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isSaved]);
  return { isSaved, noteSaved: () => setSaved(true) };
}

interface ExportsProps {
  trace: Trace;
  onDone: () => void;
  onSaved: () => void;
}

function Exports({ trace, onDone, onSaved }: ExportsProps) {
  const [withWords, setWithWords] = useState(false);
  const hasText = trace.turns.some(({ text }) => text !== null);
  const save = async (kind: 'png' | 'csv' | 'json', content: string | Uint8Array<ArrayBuffer>) => {
    onDone();
    const name = t('timeline.export.fileName', { day: trace.createdAt.slice(0, 10) });
    const path = await actions.saveFile({ name: `${name}.${kind}`, kind, content });
    if (path !== null) onSaved();
  };
  return (
    <>
      <button type="button" className="export-row" onClick={async () => save('png', await timelinePicture(trace))}>
        <b>{t('timeline.export.picture')}</b>
        <span>{t('timeline.export.pictureAbout')}</span>
      </button>
      <button type="button" className="export-row" onClick={() => save('csv', traceCsv(trace))}>
        <b>{t('timeline.export.table')}</b>
        <span>{t('timeline.export.tableAbout')}</span>
      </button>
      <button
        type="button"
        className="export-row"
        onClick={() => save('json', `${JSON.stringify(withWords ? trace : withoutText(trace))}\n`)}
      >
        <b>{t('timeline.export.trace')}</b>
        <span>{t('timeline.export.traceAbout')}</span>
      </button>
      {hasText && (
        <label className="export-text">
          <input type="checkbox" checked={withWords} onChange={(event) => setWithWords(event.target.checked)} />
          {t('timeline.export.withText')}
        </label>
      )}
    </>
  );
}
