import { expect, it } from 'vitest';
import { madeTrace } from '../../../engine/trace/fixtures/made-trace.js';
import { traceCsv } from './csv.js';

it('has a row for each layer of each sample, and nothing for what is not known', () => {
  const trace = madeTrace({ promptTokens: 4, answerTokens: 1 });
  const lines = traceCsv(trace).split('\r\n');
  expect(lines[0]).toBe(
    'ms,turn,phase,tokens_seen,full_fp16_bytes,layer,tokens,sinks,pinned,context,recent,generated,lost_attention,oldest,newest,bytes,bytes_allocated',
  );
  expect(lines).toHaveLength(1 + 2 * trace.samples.length + 1);
  expect(lines[1]).toBe('0,1,reading,4,128,0,4,0,0,4,0,0,,0,3,32,64');
  expect(lines[2]).toBe('0,1,reading,4,128,1,2,0,0,2,0,0,,0,3,16,32');
  expect(lines.at(-2)).toBe('200,1,writing,5,160,1,2,0,0,2,0,0,,0,4,16,32');
});
