import type { Precision } from '../../../engine/types.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Segments } from './Segments.js';

const PRECISIONS: readonly { value: Precision; name: string }[] = [
  { value: 'default', name: '8-bit' },
  { value: 'float32', name: 'Float32' },
];

export function PrecisionSetting() {
  const precision = useApp((state) => state.appInfo?.precision ?? 'default');
  return (
    <>
      <div className="setting">
        Precision
        <Hint
          about="Precision"
          text="How exactly the model computes. 8-bit is fast. Float32 takes four times the memory and is slower: it is for checking answers against a reference."
        />
      </div>
      <Segments label="Precision" options={PRECISIONS} value={precision} onChoose={actions.setPrecision} />
    </>
  );
}
