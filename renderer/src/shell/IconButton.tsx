import type { ComponentProps } from 'react';
import { Icon, type IconName } from './icons.js';
import { Tip } from './Tip.js';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  icon: IconName;
  label: string;
  /** As the keyboard shows it: Ctrl N. */
  keys?: string;
}

/** A button that is only an icon: labelled for screen readers, named by a tooltip for everybody else. */
export function IconButton({ icon, label, keys, className, ...rest }: IconButtonProps) {
  return (
    <Tip text={label} keys={keys}>
      <button
        type="button"
        className={className ? `ib ${className}` : 'ib'}
        aria-label={keys ? `${label} (${keys})` : label}
        {...rest}
      >
        <Icon name={icon} />
      </button>
    </Tip>
  );
}
