import { Slider } from '@base-ui/react/slider';
import { useEffect, useState } from 'react';
import type { CompressionChoice } from '../../../engine/types.js';
import { formatBytes } from '../format.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { presetTitle } from './compression-words.js';
import { bytesOfChoice, choiceAt, type TradeOff } from './trade-off.js';

const STEPS = 400;

interface BudgetSliderProps {
  curve: TradeOff;
  choice: CompressionChoice;
  /** While the thumb is moved. */
  onMove: (choice: CompressionChoice | null) => void;
}

/** The memory that a text like this one may take; presets are marked where they were measured to lie. */
export function BudgetSlider({ curve, choice, onMove }: BudgetSliderProps) {
  const chosen = bytesOfChoice(curve, choice);
  const [isMoved, setMoved] = useState(false);
  // Not of the choice alone: by the keys, the thumb leaves a preset in several steps.
  const [bytes, setBytes] = useState(chosen);
  useEffect(() => setBytes(chosen), [chosen]);
  const step = curve.maxBytes / STEPS;
  return (
    <Slider.Root
      className="budget-slider"
      value={bytes}
      min={0}
      max={curve.maxBytes}
      step={step}
      largeStep={step * 20}
      onValueChange={(value) => {
        setMoved(true);
        setBytes(value);
        onMove(choiceAt(curve, value));
      }}
      onValueCommitted={(value) => {
        setMoved(false);
        onMove(null);
        actions.setCompression(choiceAt(curve, value));
      }}
    >
      <Slider.Control className="slider-control">
        <Slider.Track className="slider-track">
          <Slider.Indicator className="slider-filled" />
          {curve.points.map((point) => (
            <i key={point.preset} className="detent" style={{ left: `${(point.bytes / curve.maxBytes) * 100}%` }} />
          ))}
          <Slider.Thumb
            className="slider-thumb"
            aria-label={t('memory.budget.memoryOfChat')}
            getAriaValueText={() => wordsOf(curve, choiceAt(curve, bytes))}
          />
          {isMoved && (
            <span
              className="tip slider-tip num"
              aria-hidden="true"
              style={{ left: `${(bytes / curve.maxBytes) * 100}%` }}
            >
              {wordsOf(curve, choiceAt(curve, bytes))}
            </span>
          )}
        </Slider.Track>
      </Slider.Control>
    </Slider.Root>
  );
}

function wordsOf(curve: TradeOff, choice: CompressionChoice): string {
  const bytes = formatBytes(Math.round('preset' in choice ? bytesOfChoice(curve, choice) : choice.budgetBytes));
  return 'preset' in choice ? t('memory.budget.presetAt', { preset: presetTitle(choice.preset), bytes }) : bytes;
}
