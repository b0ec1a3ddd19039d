import { useMemo } from 'react';
import type { Assistant } from '../../../electron/ipc/assistant-contract.js';
import { PanelOption, PanelSelect } from '../shell/PanelSelect.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { findAssistant, isChanged, PLAIN } from './assistants-state.js';

/** Which assistant the chat at hand has, and the choice of another. */
export function AssistantSelect() {
  const builtIn = useApp((state) => state.assistants.builtIn);
  const own = useApp((state) => state.assistants.own);
  const id = useApp(chosenId);
  const isOther = useApp((state) => {
    const found = findAssistant(state.assistants, chosenId(state));
    return found !== undefined && isChanged(state, found);
  });
  const all = useMemo(() => [...builtIn, ...own], [builtIn, own]);
  const chosen = all.find((one) => one.id === id);
  const name = chosen ? chosen.name : t('assistants.unknown');
  return (
    <PanelSelect
      label={`${t('assistants.assistant')}: ${name}`}
      face={
        <span className="assistant-face trunc">
          {name}
          {isOther && <span className="faint"> · {t('assistants.changed')}</span>}
        </span>
      }
      value={id}
      options={all.map((one) => one.id)}
      onChoose={actions.takeAssistant}
    >
      {(option) => <Option assistant={all.find((one) => one.id === option)} />}
    </PanelSelect>
  );
}

function chosenId({ chats, currentChatId }: AppState): string {
  return chats[currentChatId].settings.assistantId ?? PLAIN;
}

function Option({ assistant }: { assistant: Assistant | undefined }) {
  if (!assistant) return null;
  return (
    <PanelOption title={assistant.name} right={null}>
      {assistant.description}
    </PanelOption>
  );
}
