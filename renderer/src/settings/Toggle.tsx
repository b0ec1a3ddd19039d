import { useId } from 'react';

interface ToggleProps {
  label: string;
  about: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

export function Toggle({ label, about, isOn, onChange }: ToggleProps) {
  const id = useId();
  return (
    <>
      <label className="setting toggle">
        {label}
        <input
          type="checkbox"
          checked={isOn}
          aria-describedby={id}
          onChange={(event) => onChange(event.target.checked)}
        />
      </label>
      <p className="cost muted" id={id}>
        {about}
      </p>
    </>
  );
}
