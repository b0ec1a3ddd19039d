import { z } from 'zod';
import { EngineError } from '../errors.js';
import { tokensIn } from './columns.js';
import { MAX_TRACE_BYTES, TRACE_FORMAT, TRACE_VERSION } from './format.js';
import { type Trace, traceSchema } from './schema.js';

const WAY_OUT = 'Open a file that the window’s export, or generate --trace, wrote.';

/**
 * A trace from outside: every length and place is checked.
 * @throws EngineError TRACE_INVALID
 */
export function parseTrace(text: string): Trace {
  const json = parseJson(text);
  const header: unknown = typeof json === 'object' && json !== null ? json : {};
  const [format, version] = [Reflect.get(Object(header), 'format'), Reflect.get(Object(header), 'version')];
  if (format !== TRACE_FORMAT) throw invalid('it is no trace of Pyramid Chat');
  if (version !== TRACE_VERSION) {
    const said = typeof version === 'number' ? version : 'unknown';
    const way = typeof version === 'number' && version > TRACE_VERSION ? 'A newer Pyramid Chat opens it.' : WAY_OUT;
    throw invalid(`it is of version ${said}; this Pyramid Chat reads version ${TRACE_VERSION}`, way);
  }
  const parsed = traceSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${z.core.toDotPath(issue.path) || 'the trace'}: ${issue.message}`);
  }
  const problem = inconsistency(parsed.data);
  if (problem) throw invalid(problem);
  return parsed.data;
}

/** @throws EngineError TRACE_INVALID */
export function checkTraceSize(bytes: number): void {
  if (bytes > MAX_TRACE_BYTES) throw invalid(`it has ${bytes} bytes; a trace has ${MAX_TRACE_BYTES} at most`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('it holds no JSON');
  }
}

/** What the schema alone cannot say; null: all fits together. */
function inconsistency({ model, turns, samples }: Trace): string | null {
  for (const [i, { layers, turn, ms, tokensSeen }] of samples.entries()) {
    const before = samples[i - 1];
    if (layers.length !== model.layers) return `samples[${i}]: ${layers.length} layers; the model has ${model.layers}`;
    if (turn >= turns.length) return `samples[${i}]: there is no turn ${turn}`;
    if (before && (ms < before.ms || turn < before.turn)) return `samples[${i}]: it is before the one before it`;
    const tooMany = layers.findIndex((row) => tokensIn(row) > tokensSeen);
    if (tooMany >= 0) return `samples[${i}].layers[${tooMany}]: it holds more tokens than were seen`;
  }
  for (const [i, { text }] of turns.entries()) {
    if (!text) continue;
    if (text.dropped.length !== model.layers) return `turns[${i}].text.dropped: not of ${model.layers} layers`;
    const wrong = text.dropped.findIndex((runs) => lengthOf(runs) !== text.tokens.length);
    if (wrong >= 0) return `turns[${i}].text.dropped[${wrong}]: its runs are not as long as the text`;
  }
  return null;
}

function lengthOf(runs: readonly number[]): number {
  if (runs.length % 2 !== 0) return Number.NaN;
  return runs.reduce((sum, value, i) => (i % 2 === 0 ? sum + value : sum), 0);
}

function invalid(cause: string, wayOut = WAY_OUT): EngineError {
  return new EngineError('TRACE_INVALID', `This file cannot be used: ${cause}. ${wayOut}`);
}
