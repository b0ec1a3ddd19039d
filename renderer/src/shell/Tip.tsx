import { Tooltip } from '@base-ui/react/tooltip';
import { createRef, type ReactElement, type ReactNode } from 'react';

/** Where tooltips are put: inside a landmark, as all that is read has to be. */
const host = createRef<HTMLDivElement>();

export function TipHost() {
  return <div ref={host} />;
}

export type TipSide = 'top' | 'bottom' | 'left';

interface TipProps {
  /** What the tooltip says; the trigger's own label is for screen readers. */
  text: ReactNode;
  keys?: string;
  /** Where it stands, if there is room. */
  side?: TipSide;
  children: ReactElement<Record<string, unknown>>;
}

export function Tip({ text, keys, side = 'top', children }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal container={host}>
        <Tooltip.Positioner side={side} sideOffset={6} collisionPadding={8} className="tip-place">
          <Tooltip.Popup className="tip">
            {text}
            {keys && <kbd>{keys}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
