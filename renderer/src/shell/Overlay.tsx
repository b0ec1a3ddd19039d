import { Dialog } from '@base-ui/react/dialog';
import { type ReactNode, useRef } from 'react';

interface OverlayProps {
  label: string;
  side: 'left' | 'right';
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** Lays a side of the window over it where there is no room beside it. */
export function Overlay({ label, side, open, onClose, children }: OverlayProps) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()} modal="trap-focus">
      <Dialog.Portal>
        <Dialog.Backdrop className="overlay-back" onClick={onClose} />
        <Dialog.Popup ref={popup} initialFocus={popup} className="overlay" data-side={side} aria-label={label}>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
