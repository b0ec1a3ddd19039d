import type { TextSize } from '../../../electron/ipc/app-settings.js';
import type { ThemeChoice } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Segments } from './Segments.js';

const THEMES: readonly { value: ThemeChoice; name: string }[] = [
  { value: 'system', name: 'System' },
  { value: 'light', name: 'Light' },
  { value: 'dark', name: 'Dark' },
];

const TEXT_SIZES: readonly { value: TextSize; name: string }[] = [
  { value: 'small', name: 'Small' },
  { value: 'normal', name: 'Normal' },
  { value: 'large', name: 'Large' },
  { value: 'larger', name: 'Larger' },
];

export function Appearance() {
  const theme = useApp((state) => state.theme);
  const textSize = useApp((state) => state.settings?.textSize ?? 'normal');
  return (
    <section className="sec" aria-label="Appearance">
      <div className="sec-h">Appearance</div>
      <Segments label="Theme" options={THEMES} value={theme} onChoose={actions.setTheme} />
      <div className="setting">Text of messages</div>
      <Segments
        label="Text of messages"
        options={TEXT_SIZES}
        value={textSize}
        onChoose={(size) => actions.changeSettings({ textSize: size })}
      />
    </section>
  );
}
