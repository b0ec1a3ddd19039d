import { useId } from 'react';

interface SegmentsProps<T extends string> {
  label: string;
  options: readonly { value: T; name: string }[];
  value: T;
  onChoose: (value: T) => void;
}

/** One of a few, all of them in sight. */
export function Segments<T extends string>({ label, options, value, onChoose }: SegmentsProps<T>) {
  // While the panel moves between the window's side and its overlay there are two of it: one name would join their
  // radio buttons, and one of the two would lose its choice.
  const group = useId();
  return (
    <fieldset className="segments">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={group}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChoose(option.value)}
          />
          <span>{option.name}</span>
        </label>
      ))}
    </fieldset>
  );
}
