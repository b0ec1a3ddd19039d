import type { CompressionChoice } from '../../../engine/types.js';
import { choiceTitle, isSameChoice, PRESETS, presetTitle } from '../memory/compression-words.js';
import { Hint } from '../shell/Hint.js';
import { IconButton } from '../shell/IconButton.js';
import { PanelOption, PanelSelect } from '../shell/PanelSelect.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

/** How much this chat may let go. What that costs is shown where it is chosen for the app. */
export function ChatCompression() {
  const choice = useApp((state) => state.compression);
  const usual = useApp((state) => state.appCompression);
  if (!choice) return null;
  const isOwn = usual !== null && !isSameChoice(choice, usual);
  return (
    <section className="sec" aria-label={t('assistants.compression.title')}>
      <div className="sec-h">
        {t('assistants.compression.title')}
        <Hint about={t('assistants.compression.title')} side="left" text={t('assistants.compression.about')} />
        <span className="right">
          {isOwn && (
            <IconButton
              icon="redo"
              label={t('assistants.compression.reset', { choice: choiceTitle(usual) })}
              onClick={() => actions.setChatCompression(null)}
            />
          )}
          <Choice choice={choice} />
        </span>
      </div>
    </section>
  );
}

/** A budget in MB, which is chosen elsewhere, stands among the presets while it is what the chat has. */
function Choice({ choice }: { choice: CompressionChoice }) {
  const title = choiceTitle(choice);
  const isPreset = 'preset' in choice;
  return (
    <PanelSelect
      label={t('assistants.compression.label', { choice: title })}
      face={title}
      value={isPreset ? choice.preset : 'budget'}
      options={isPreset ? PRESETS : [...PRESETS, 'budget' as const]}
      onChoose={(option) => option !== 'budget' && actions.setChatCompression({ preset: option })}
    >
      {(option) => <PanelOption title={option === 'budget' ? title : presetTitle(option)} right={null} />}
    </PanelSelect>
  );
}
