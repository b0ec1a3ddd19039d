import { useMemo, useState } from 'react';
import type { CompressionChoice } from '../../../engine/types.js';
import { formatTokens } from '../format.js';
import { useApp } from '../store/store.js';
import { BudgetSlider } from './BudgetSlider.js';
import { fullFp16Bytes } from './kv-figures.js';
import { TradeOffCurve, TradeOffKey } from './TradeOffCurve.js';
import { type TradeOff, tradeOff } from './trade-off.js';
import { Unmeasured } from './Unmeasured.js';

/** A text shorter than this is kept whole: the axis is then for a full context. */
const SHORTEST_COMPRESSED = 256;

/** How much memory the chat may take, over what that was measured to cost. */
export function Budget({ choice }: { choice: CompressionChoice }) {
  const curve = useTradeOff();
  const [moved, setMoved] = useState<CompressionChoice | null>(null);
  if (!curve) return <Unmeasured />;
  const shown = moved ?? choice;
  return (
    <div className="trade-off">
      <BudgetSlider curve={curve} choice={choice} onMove={setMoved} />
      <TradeOffCurve curve={curve} choice={shown} />
      <TradeOffKey curve={curve} choice={shown} />
      <p className="faint">
        For <span className="num">{formatTokens(curve.tokens)}</span>, by texts of{' '}
        <span className="num">{formatTokens(curve.prefixTokens)}</span>
      </p>
    </div>
  );
}

function useTradeOff(): TradeOff | null {
  const ready = useApp(({ model }) => (model.state === 'ready' ? model : null));
  const tokens = useApp(({ kv, kvChatId, currentChatId }) => {
    const seen = kvChatId === currentChatId ? (kv?.tokensSeen ?? 0) : 0;
    return seen >= SHORTEST_COMPRESSED ? seen : null;
  });
  return useMemo(() => {
    if (!ready) return null;
    const length = tokens ?? ready.runtime.contextLength;
    return tradeOff(ready.presets, length, fullFp16Bytes(ready.model, length));
  }, [ready, tokens]);
}
