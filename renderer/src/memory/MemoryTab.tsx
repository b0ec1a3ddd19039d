import { useState } from 'react';
import type { KvLayerStats, KvParts } from '../../../engine/types.js';
import { formatCount, formatTokens } from '../format.js';
import { Hint } from '../shell/Hint.js';
import { IconButton } from '../shell/IconButton.js';
import type { AppState } from '../store/state.js';
import { useApp } from '../store/store.js';
import { actions } from '../store/window-actions.js';
import { Compression } from './Compression.js';
import { LayerTable } from './LayerTable.js';
import { LayerView } from './LayerView.js';
import { PART_ORDER } from './layer-bars.js';
import { MemoryFacts } from './MemoryFacts.js';
import { MemoryFigure } from './MemoryFigure.js';
import { PART_NAMES } from './part-names.js';

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
  const [shown, setShown] = useState<number | null>(null);
  return (
    <section className="sec" aria-label="Layers">
      <div className="sec-h">
        Layers
        <Hint
          about="Layers"
          text="Each bar is one layer of the model; its width is the number of tokens that the layer holds, in the outline of all that was read. Layer 0 reads first and is at the bottom. Sinks are the first tokens, pinned ones are never dropped, recent are the newest of what you sent, generated is the answer; the rest, context, was chosen by attention. Attention lost: of the attention by which a layer chose, what went to the tokens it dropped. Click a layer to see which words of the chat it holds."
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
      {!asTable && <LayerView onShow={setShown} />}
      <LayerTable visible={asTable} />
      {seen > 0 ? (
        <Legend shown={shown} />
      ) : (
        <p className="explain">Each bar is one layer of the model. While it reads, the bars fill.</p>
      )}
    </section>
  );
}

/** The parts by colour and pattern, with their tokens: of the layer that is looked at, else the mean of all. */
function Legend({ shown }: { shown: number | null }) {
  const kv = useApp((state) => state.kv);
  const isReading = useApp(isReadingKv);
  if (!kv) return null;
  const layers = shown === null ? kv.layers : [kv.layers[shown]];
  const mean = (of: (layer: KvLayerStats) => number) =>
    formatCount(Math.round(layers.reduce((sum, layer) => sum + of(layer), 0) / layers.length));
  const missing = (layer: KvLayerStats) => kv.tokensSeen - layer.tokens;
  return (
    <>
      <ul className="lgd" aria-label="Parts of the bars">
        {PART_ORDER.map((part) => (
          <li key={part}>
            <Swatch part={part} />
            {PART_NAMES[part].toLowerCase()} <span className="num">{mean(({ parts }) => parts[part])}</span>
          </li>
        ))}
        <li>
          <Swatch part="dropped" />
          {isReading ? 'not held' : 'dropped'} <span className="num">{mean(missing)}</span>
        </li>
      </ul>
      <p className="lgd-of">{shown === null ? 'Tokens in a layer, mean of all' : `Tokens in layer ${shown}`}</p>
    </>
  );
}

function isReadingKv({ running, messages }: AppState): boolean {
  const answer = running && messages[running.answerId];
  return answer?.role === 'assistant' && answer.state.phase === 'reading';
}

const SWATCH_FILL = { sinks: 'var(--text)', pinned: 'var(--accent)', dropped: 'none' };

function Swatch({ part }: { part: keyof KvParts | 'dropped' }) {
  const fill = part === 'sinks' || part === 'pinned' || part === 'dropped' ? SWATCH_FILL[part] : 'var(--ramp-2)';
  const stroke = part === 'dropped' ? 'var(--line-ctl)' : 'none';
  return (
    <svg width="12" height="8" aria-hidden="true">
      <rect x=".5" y=".5" width="11" height="7" rx="1" fill={fill} stroke={stroke} />
      {part === 'generated' &&
        [1, 4, 7, 10].map((x) => <rect key={x} x={x} y=".5" width="1.3" height="7" fill="var(--hatch)" />)}
      {part === 'recent' &&
        [-3, 1, 5].map((x) => <path key={x} d={`M${x + 1} 7.5 l7 -7`} stroke="var(--hatch)" strokeWidth="1.3" />)}
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
