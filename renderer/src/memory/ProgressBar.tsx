/** @param label what goes on, for screen readers */
export function ProgressBar({ label, done, total }: { label: string; done: number; total: number }) {
  return (
    <div
      className="bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
    >
      <i style={{ width: `${(done / total) * 100}%` }} />
    </div>
  );
}
