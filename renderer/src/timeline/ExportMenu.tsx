import { Popover } from '@base-ui/react/popover';
import { useEffect, useState } from 'react';
import { withoutText } from '../../../engine/trace/record.js';
import type { Trace } from '../../../engine/trace/schema.js';
import { IconButton } from '../shell/IconButton.js';
import { actions } from '../store/window-actions.js';
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
        {isSaved && 'Saved'}
      </span>
      <Popover.Trigger render={<IconButton icon="save" label="Export PNG, CSV or JSON" />} />
      <Popover.Portal>
        <Popover.Positioner className="over-panel" sideOffset={6} align="end" collisionPadding={8}>
          <Popover.Popup className="card export" aria-label="Export">
            {trace ? (
              <Exports trace={trace} onDone={close} onSaved={noteSaved} />
            ) : (
              <p className="muted">There is nothing to export yet.</p>
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
              <b>Open a trace…</b>
              <span>A JSON file that was exported here, or by the command line</span>
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
    const path = await actions.saveFile({ name: `memory-${trace.createdAt.slice(0, 10)}.${kind}`, kind, content });
    if (path !== null) onSaved();
  };
  return (
    <>
      <button type="button" className="export-row" onClick={async () => save('png', await timelinePicture(trace))}>
        <b>Picture…</b>
        <span>PNG of the timeline with its legend, at twice its size</span>
      </button>
      <button type="button" className="export-row" onClick={() => save('csv', traceCsv(trace))}>
        <b>Table…</b>
        <span>CSV, a row for each moment and layer</span>
      </button>
      <button
        type="button"
        className="export-row"
        onClick={() => save('json', `${JSON.stringify(withWords ? trace : withoutText(trace))}\n`)}
      >
        <b>Trace…</b>
        <span>JSON, which opens here again</span>
      </button>
      {hasText && (
        <label className="export-text">
          <input type="checkbox" checked={withWords} onChange={(event) => setWithWords(event.target.checked)} />
          with the chat’s text; else it is left out
        </label>
      )}
    </>
  );
}
