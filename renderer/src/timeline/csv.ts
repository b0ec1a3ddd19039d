import { LAYER_COLUMNS, tokensIn } from '../../../engine/trace/columns.js';
import type { Trace } from '../../../engine/trace/schema.js';

/** camelCase → snake_case, as tables have it. */
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const COLUMNS = [
  'ms',
  'turn',
  'phase',
  'tokens_seen',
  'full_fp16_bytes',
  'layer',
  'tokens',
  ...LAYER_COLUMNS.map(snake),
];

/** A row for each layer of each sample (docs/trace.md); what is not known is empty. RFC 4180, without quotes to need. */
export function traceCsv({ turns, samples }: Trace): string {
  const rows = samples.flatMap(({ ms, turn, phase, tokensSeen, fullFp16Bytes, layers }) =>
    layers.map((row, layer) =>
      [ms, turns[turn].number, phase, tokensSeen, fullFp16Bytes, layer, tokensIn(row), ...row]
        .map((value) => value ?? '')
        .join(','),
    ),
  );
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}
