import { formatBytes, formatCount, formatTokens } from '../format.js';
import { runningContextCost } from '../settings/context-cost.js';
import { Hint } from '../shell/Hint.js';
import { IconButton } from '../shell/IconButton.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { shownKv, shownLayerCount } from '../timeline/moment.js';
import { Timeline } from '../timeline/Timeline.js';
import { Trans, t } from '../words.js';
import { Compression } from './Compression.js';
import { LayerLegend } from './LayerLegend.js';
import { LayerTable } from './LayerTable.js';
import { LayerView } from './LayerView.js';
import { MemoryFacts } from './MemoryFacts.js';
import { MemoryFigure } from './MemoryFigure.js';

export function MemoryTab() {
  const layers = useApp(shownLayerCount);
  const isReplay = useApp((state) => state.replay !== null);
  if (layers === 0) return <NoModel />;
  return (
    <>
      {!isReplay && <OtherChat />}
      <MemoryFigure />
      <LayersSection layers={layers} />
      {!isReplay && <Compression />}
      <Timeline />
      {!isReplay && <MemoryFacts />}
    </>
  );
}

function LayersSection({ layers }: { layers: number }) {
  const seen = useApp((state) => shownKv(state)?.tokensSeen ?? 0);
  const asTable = useApp((state) => state.layersAsTable);
  return (
    <section className="sec" aria-label={t('memory.layers.title')}>
      <div className="sec-h">
        {t('memory.layers.title')}
        <Hint about={t('memory.layers.title')} side="left" text={t('memory.layers.about')} />
        <span className="right">
          <span className="faint num">
            {seen > 0 ? formatTokens(seen) : t('memory.layers.count', { count: layers, written: formatCount(layers) })}
          </span>
          <IconButton
            icon="layers"
            label={t('memory.layers.asBars')}
            aria-pressed={!asTable}
            onClick={() => actions.setLayersAsTable(false)}
          />
          <IconButton
            icon="table"
            label={t('memory.layers.asTable')}
            aria-pressed={asTable}
            onClick={() => actions.setLayersAsTable(true)}
          />
        </span>
      </div>
      {!asTable && <LayerView />}
      <LayerTable visible={asTable} />
      {asTable && <LayerLegend shown={null} />}
      {seen === 0 && <BeforeTheFirstToken />}
    </section>
  );
}

function BeforeTheFirstToken() {
  const cost = useApp(runningContextCost);
  return (
    <p className="explain">
      {t('memory.layers.barsFill')}
      {cost && cost.kvBytes !== null && (
        <>
          {' '}
          <Trans
            i18nKey="memory.layers.contextTakes"
            values={{
              tokens: formatTokens(cost.contextLength),
              bytes: formatBytes(cost.kvBytes),
              usual: formatBytes(cost.fullFp16Bytes),
            }}
            components={{ n: <span className="num" /> }}
          />
        </>
      )}
    </p>
  );
}

/** The engine has one cache: after a change of chat it still holds the other one, and this says so. */
function OtherChat() {
  const title = useApp(({ kv, kvChatId, currentChatId, chats }) =>
    kv && kv.tokensSeen > 0 && kvChatId !== null && kvChatId !== currentChatId ? chats[kvChatId]?.title : null,
  );
  if (!title) return null;
  return <p className="explain other">{t('memory.otherChat', { title })}</p>;
}

function NoModel() {
  const isLoading = useApp(({ model }) => model.state === 'loading');
  return <p className="explain">{t(isLoading ? 'memory.noModel.loading' : 'memory.noModel.none')}</p>;
}
