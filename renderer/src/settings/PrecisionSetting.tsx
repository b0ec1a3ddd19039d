import type { Precision } from '../../../engine/types.js';
import { Hint } from '../shell/Hint.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { Segments } from './Segments.js';

const PRECISIONS: readonly Precision[] = ['default', 'float32'];

export function PrecisionSetting() {
  const precision = useApp((state) => state.appInfo?.precision ?? 'default');
  return (
    <>
      <div className="setting">
        {t('settings.running.precision')}
        <Hint about={t('settings.running.precision')} text={t('settings.running.precisionHint')} />
      </div>
      <Segments
        label={t('settings.running.precision')}
        options={PRECISIONS.map((value) => ({ value, name: t(`settings.running.precisions.${value}`) }))}
        value={precision}
        onChoose={actions.setPrecision}
      />
    </>
  );
}
