import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeTrace } from '../../../engine/trace/fixtures/made-trace.js';
import {
  groupName,
  layerGroups,
  messageCount,
  mostBytes,
  timelineSeries,
  traceSpan,
  turnMarks,
  turnName,
} from './bands.js';

describe('bands of layers', () => {
  it('are five at most, nearly equal, and cover every layer once', () => {
    expect(layerGroups(30).map(groupName)).toEqual([
      'layers 0–5',
      'layers 6–11',
      'layers 12–17',
      'layers 18–23',
      'layers 24–29',
    ]);
    expect(layerGroups(2).map(groupName)).toEqual(['layer 0', 'layer 1']);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), (layers) => {
        const groups = layerGroups(layers);
        const sizes = groups.map(({ from, to }) => to - from);
        expect(groups.length).toBe(Math.min(5, layers));
        expect(groups.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(
          Array.from({ length: layers }, (_, i) => i),
        );
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a timeline', () => {
  const trace = madeTrace({ promptTokens: 10, answerTokens: 2 }, { promptTokens: 4, answerTokens: 1 });

  it('stacks what the layers take, up to all that is in use', () => {
    const { times, tops, full } = timelineSeries(trace);
    expect(times).toEqual([0, 0.1, 0.2, 0.3, 0.3, 0.4, 0.5]);
    expect(tops[0]).toEqual([10, 10, 11, 12, 16, 16, 17].map((tokens) => tokens * 8));
    expect(tops[1]).toEqual([15, 15, 16, 18, 24, 24, 25].map((tokens) => tokens * 8));
    expect(full).toEqual([10, 10, 11, 12, 16, 16, 17].map((tokens) => tokens * 32));
    expect(mostBytes(trace)).toBe(17 * 32);
  });

  it('marks where turns begin and their prompts were read', () => {
    expect(turnMarks(trace)).toEqual([
      { name: 'turn 1', startMs: 0, promptEndMs: 100 },
      { name: 'turn 2', startMs: 300, promptEndMs: 400 },
    ]);
    const again = { ...trace, turns: [trace.turns[0], { ...trace.turns[1], number: 1 }] };
    expect(turnName(again, 1)).toBe('turn 1');
    expect(turnName({ ...again, samples: trace.samples.slice(0, 5) }, 1)).toBe('read again');
    expect([messageCount(trace), messageCount(again)]).toEqual(['2 messages', '1 message']);
    expect(traceSpan(trace)).toEqual({ startMs: 0, endMs: 500 });
    const stopped = { ...trace, samples: trace.samples.slice(0, 1) };
    expect(turnMarks(stopped)[0].promptEndMs).toBeNull();
    expect(traceSpan(stopped)).toEqual({ startMs: 0, endMs: 1 });
  });
});
