import { formatBytes, formatCount, formatTokens } from '../format.js';
import { runningContextCost } from '../settings/context-cost.js';
import { Hint } from '../shell/Hint.js';
import { IconButton } from '../shell/IconButton.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { shownKv, shownLayerCount } from '../timeline/moment.js';
import { Timeline } from '../timeline/Timeline.js';
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
    <section className="sec" aria-label="Layers">
      <div className="sec-h">
        Layers
        <Hint
          about="Layers"
          side="left"
          text="A token is a piece of a word. Each bar is one layer of the model, as long as the number of tokens that it holds, in the outline of all that was read. Layer 0 reads first and is at the bottom. First are the first tokens of the chat (sinks), pinned ones are never dropped, recent are the newest of what you sent, generated is the answer; the rest, context, was chosen by attention: by how much the model looked at it. Attention lost: of that, what went to tokens that a layer dropped. Click a layer to see which words it holds."
        />
        <span className="right">
          <span className="faint num">{seen > 0 ? formatTokens(seen) : `${formatCount(layers)} layers`}</span>
          <IconButton
            icon="layers"
            label="Show as bars"
            aria-pressed={!asTable}
            onClick={() => actions.setLayersAsTable(false)}
          />
          <IconButton
            icon="table"
            label="Show as table"
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
      Each bar is one layer of the model. While it reads, the bars fill.
      {cost && cost.kvBytes !== null && (
        <>
          {' '}
          A context of <span className="num">{formatTokens(cost.contextLength)}</span> will take{' '}
          <span className="num">{formatBytes(cost.kvBytes)}</span>; the usual cache would take{' '}
          <span className="num">{formatBytes(cost.fullFp16Bytes)}</span>.
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
  return <p className="explain other">This is the memory of “{title}”. It is replaced when you write in this chat.</p>;
}

function NoModel() {
  const isLoading = useApp(({ model }) => model.state === 'loading');
  return (
    <p className="explain">
      {isLoading ? 'The model is being loaded.' : 'No model is loaded.'} Once it is, you see here what each of its
      layers keeps of your text.
    </p>
  );
}
