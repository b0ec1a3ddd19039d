/** Rows of which some are to be kept: of a prompt on its way through the layers, or of a layer's cache. */
export interface Candidates {
  /** Place of each row in the text, ascending, [rows]. */
  positions: Int32Array;
  /** The more, the better kept; read for rows outside the window only, [rows]. */
  scores: Float32Array;
  /** Rows from this place in the text on are the recent window: kept, and not counted. */
  windowStart: number;
  /** Rows before this place are sinks: kept, and counted. */
  sinkLength: number;
  /** Places of pinned rows: kept, and counted. */
  isPinned: (position: number) => boolean;
  /** How many rows before the window are kept; more where sinks and pins alone are more. */
  contextCount: number;
}

/** Indices of the rows that are kept, ascending; of equal scores the earlier row is kept. */
export function selectRows({
  positions,
  scores,
  windowStart,
  sinkLength,
  isPinned,
  contextCount,
}: Candidates): Int32Array {
  const kept = new Uint8Array(positions.length);
  const open: number[] = [];
  let taken = 0;
  for (let row = 0; row < positions.length; row++) {
    const position = positions[row];
    if (position >= windowStart) {
      kept[row] = 1;
    } else if (position < sinkLength || isPinned(position)) {
      kept[row] = 1;
      taken++;
    } else {
      open.push(row);
    }
  }
  for (const row of best(open, scores, contextCount - taken)) kept[row] = 1;
  return Int32Array.from(positions.keys()).filter((row) => kept[row] === 1);
}

/** The `count` rows with the highest scores. */
function best(rows: number[], scores: Float32Array, count: number): number[] {
  if (count >= rows.length) return rows;
  if (count <= 0) return [];
  const threshold = Float32Array.from(rows, (row) => scores[row]).sort()[rows.length - count];
  const above = rows.filter((row) => scores[row] > threshold);
  const equal = rows.filter((row) => scores[row] === threshold);
  return [...above, ...equal.slice(0, count - above.length)];
}
