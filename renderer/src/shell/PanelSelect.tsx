import { Select } from '@base-ui/react/select';
import { type ReactNode, useRef } from 'react';
import { Icon } from './icons.js';

interface PanelSelectProps<T> {
  /** What it is and what is chosen, for screen readers. */
  label: string;
  /** What is chosen, as the button shows it. */
  face: ReactNode;
  value: T;
  options: readonly T[];
  onChoose: (option: T) => void;
  /** An option's face: a PanelOption. */
  children: (option: T) => ReactNode;
}

/** A choice in the side panel whose options need some words each. */
export function PanelSelect<T extends string | number>(props: PanelSelectProps<T>) {
  const { label, face, value, options, onChoose, children } = props;
  // The list stands inside the panel: in a narrow window that is a dialog, which keeps the focus to itself.
  const place = useRef<HTMLSpanElement>(null);
  return (
    <Select.Root<T>
      value={value}
      // Base UI also chooses by itself: when the chosen option is gone from the list, and by letters while it is closed.
      onValueChange={(option, { reason }) => reason === 'item-press' && option !== null && onChoose(option)}
      modal={false}
    >
      <Select.Trigger className="btn choice" aria-label={label}>
        {face}
        <Icon name="chevron" />
      </Select.Trigger>
      <span ref={place} className="choice-host" />
      <Select.Portal container={place}>
        <Select.Positioner
          className="over-panel"
          positionMethod="fixed"
          alignItemWithTrigger={false}
          align="end"
          alignOffset={-8}
          sideOffset={6}
          collisionPadding={8}
        >
          <Select.Popup className="choices">
            <Select.List>
              {options.map((option) => (
                <Select.Item key={option} className="choice-item" value={option}>
                  {children(option)}
                </Select.Item>
              ))}
            </Select.List>
          </Select.Popup>
        </Select.Positioner>
      </Select.Portal>
    </Select.Root>
  );
}

export function PanelOption({ title, right, children }: { title: string; right: ReactNode; children?: ReactNode }) {
  return (
    <>
      <span className="choice-h">
        <Select.ItemText>{title}</Select.ItemText>
        <Select.ItemIndicator className="choice-check">
          <Icon name="check" />
        </Select.ItemIndicator>
        <span className="right">{right}</span>
      </span>
      <span className="choice-words">{children}</span>
    </>
  );
}
