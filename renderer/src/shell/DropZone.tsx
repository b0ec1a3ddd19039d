import { useEffect, useState } from 'react';
import { droppedModel } from '../models/dropped-model.js';
import { loadUnlessBusy } from '../models/window-models.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { Icon } from './icons.js';

const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;

/** Files that are dropped anywhere on the window are attached to the message; a model is loaded. */
export function DropZone() {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    // Over each element of the page that it passes, it leaves the one before.
    const leave = (event: DragEvent) => event.relatedTarget === null && setIsOver(false);
    const drop = (event: DragEvent) => {
      setIsOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      const model = droppedModel(event.dataTransfer, (file) => window.pyramid.pathOfFile(file));
      if (model !== null) {
        loadUnlessBusy(model);
        return;
      }
      void actions.attachFiles(files);
      actions.focusInput();
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  if (!isOver) return null;
  return (
    <div className="drop-zone" aria-hidden="true">
      <p>
        <Icon name="attach" />
        {t('shell.drop')}
      </p>
    </div>
  );
}
