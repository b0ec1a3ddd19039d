import type { ContextCost } from '../../../engine/types.js';
import { formatBytes, formatTokens } from '../format.js';
import { choiceTitle } from '../memory/compression-words.js';
import { Hint } from '../shell/Hint.js';
import { PanelOption, PanelSelect } from '../shell/PanelSelect.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Trans, t } from '../words.js';
import { contextWarning, roomBytes, runningContextCost } from './context-cost.js';

/** How much text the model can have before it, with what that costs. */
export function ContextLength() {
  const chosen = useApp(({ model }) => (model.state === 'ready' ? model.runtime.contextLength : null));
  const costs = useApp((state) => state.contextCosts);
  const longest = costs.at(-1)?.contextLength;
  const current = useApp(runningContextCost);
  return (
    <>
      <div className="setting">
        {t('settings.context.title')}
        <Hint about={t('settings.context.title')} text={t('settings.context.hint')} />
        {chosen !== null && (
          <span>
            <PanelSelect
              label={t('settings.context.chosen', { tokens: formatTokens(chosen) })}
              face={formatTokens(chosen)}
              value={chosen}
              options={costs.map(({ contextLength }) => contextLength)}
              onChoose={(tokens) => actions.changeSettings({ contextLength: tokens === longest ? null : tokens })}
            >
              {(tokens) => <LengthOption cost={costs.find(({ contextLength }) => contextLength === tokens)} />}
            </PanelSelect>
          </span>
        )}
      </div>
      <p className="cost muted">
        {chosen === null && t('settings.context.notLoaded')}
        {current && <CostWords cost={current} />}
      </p>
    </>
  );
}

function LengthOption({ cost }: { cost: ContextCost | undefined }) {
  const isLongest = useApp(({ contextCosts }) => contextCosts.at(-1) === cost);
  const warning = useWarning(cost);
  if (!cost) return null;
  const { contextLength, kvBytes, fullFp16Bytes } = cost;
  return (
    <PanelOption
      title={formatTokens(contextLength)}
      right={<span className="num">{kvBytes === null ? '–' : formatBytes(kvBytes)}</span>}
    >
      {isLongest && `${t('settings.context.all')} `}
      {t('settings.context.usual', { bytes: formatBytes(fullFp16Bytes) })}
      {warning && <span className="warned"> {warning}</span>}
    </PanelOption>
  );
}

function CostWords({ cost }: { cost: ContextCost }) {
  const title = useApp(({ compression }) => (compression ? choiceTitle(compression) : ''));
  const warning = useWarning(cost);
  if (warning) return <span className="warned">{warning}</span>;
  return (
    <Trans
      i18nKey="settings.context.full"
      values={{
        bytes: formatBytes(cost.kvBytes ?? 0),
        compression: title,
        usual: formatBytes(cost.fullFp16Bytes),
      }}
      components={{ n: <span className="num" /> }}
    />
  );
}

function useWarning(cost: ContextCost | undefined): string | null {
  const room = useApp(roomBytes);
  return cost ? contextWarning(cost, room) : null;
}
