import { formatCount, formatPercent, formatTokens } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { IconButton } from '../shell/IconButton.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Compression } from './Compression.js';
import { LayerTable } from './LayerTable.js';
import { LayerView } from './LayerView.js';
import { MemoryFacts } from './MemoryFacts.js';
import { MemoryFigure } from './MemoryFigure.js';

export function MemoryTab() {
  const layers = useApp((state) => state.layerCount);
  if (layers === 0) return <NoModel />;
  return (
    <>
      <OtherChat />
      <MemoryFigure />
      <LayersSection layers={layers} />
      <Compression />
      <MemoryFacts />
    </>
  );
}

function LayersSection({ layers }: { layers: number }) {
  const seen = useApp((state) => state.kv?.tokensSeen ?? 0);
  const asTable = useApp((state) => state.layersAsTable);
  return (
    <section className="sec" aria-label="Layers">
      <div className="sec-h">
        Layers
        <Hint
          about="Layers"
          text="Each bar is one layer of the model; its width is the number of tokens that the layer holds, in the outline of all that was read. Layer 0 reads first and is at the bottom; striped is what it holds of the last answer, at most."
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
      {seen > 0 ? (
        <Legend />
      ) : (
        <p className="explain">Each bar is one layer of the model. While it reads, the bars fill.</p>
      )}
    </section>
  );
}

function Legend() {
  const context = useApp((state) => (state.kv ? formatCount(state.kv.tokensSeen - state.kv.generatedTokens) : ''));
  const generated = useApp((state) => formatCount(state.kv?.generatedTokens ?? 0));
  return (
    <div className="lgd">
      <div>
        <Swatch />
        context <span className="num">{context}</span>
      </div>
      <div>
        <Swatch striped />
        generated <span className="num">{generated}</span>
      </div>
      <NotHeld />
    </div>
  );
}

/** What the empty part of the outlines is. */
function NotHeld() {
  const isReading = useApp(isReadingKv);
  const share = useApp(({ kv }) => (kv && kv.tokensSeen > 0 ? 1 - kv.keptFraction : 0));
  if (share <= 0) return null;
  return (
    <div>
      <svg width="12" height="8" aria-hidden="true">
        <rect x=".5" y=".5" width="11" height="7" rx="1" fill="none" stroke="var(--line-ctl)" />
      </svg>
      {isReading ? 'not held' : 'dropped'} <span className="num">{formatPercent(share, 0)}</span>
    </div>
  );
}

function isReadingKv({ running, messages }: AppState): boolean {
  const answer = running && messages[running.answerId];
  return answer?.role === 'assistant' && answer.state.phase === 'reading';
}

function Swatch({ striped = false }: { striped?: boolean }) {
  return (
    <svg width="12" height="8" aria-hidden="true">
      <rect x=".5" y=".5" width="11" height="7" rx="1" fill="var(--ramp-2)" />
      {striped && [0, 3, 6, 9].map((x) => <rect key={x} x={x} width="1.3" height="8" fill="var(--hatch)" />)}
    </svg>
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
