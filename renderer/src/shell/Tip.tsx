import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';

interface TipProps {
  /** What the tooltip says; the trigger's own label is for screen readers. */
  text: ReactNode;
  keys?: string;
  children: ReactElement<Record<string, unknown>>;
}

export function Tip({ text, keys, children }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} collisionPadding={8} className="tip-place">
          <Tooltip.Popup className="tip">
            {text}
            {keys && <kbd>{keys}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
