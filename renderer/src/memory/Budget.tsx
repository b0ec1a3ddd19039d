import type { CompressionChoice } from '../../../engine/types.js';
import { formatTokens } from '../format.js';
import { Trans } from '../words.js';
import { BudgetSlider } from './BudgetSlider.js';
import { TradeOffCurve, TradeOffKey } from './TradeOffCurve.js';
import { Unmeasured } from './Unmeasured.js';
import { useTradeOff } from './use-trade-off.js';

interface BudgetProps {
  choice: CompressionChoice;
  /** What the thumb would choose while it is moved, else the choice. */
  shown: CompressionChoice;
  onMove: (choice: CompressionChoice | null) => void;
}

/** How much memory the chat may take, over what that was measured to cost. */
export function Budget({ choice, shown, onMove }: BudgetProps) {
  const curve = useTradeOff();
  if (!curve) return <Unmeasured />;
  return (
    <div className="trade-off">
      <BudgetSlider curve={curve} choice={choice} onMove={onMove} />
      <TradeOffCurve curve={curve} choice={shown} />
      <TradeOffKey curve={curve} choice={shown} />
      <p className="faint">
        <Trans
          i18nKey="memory.budget.curveFor"
          values={{ tokens: formatTokens(curve.tokens), measured: formatTokens(curve.prefixTokens) }}
          components={{ n: <span className="num" /> }}
        />
      </p>
    </div>
  );
}
