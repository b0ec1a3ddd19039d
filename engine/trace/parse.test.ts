import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.js';
import { madeTrace } from './fixtures/made-trace.js';
import { MAX_TRACE_BYTES } from './format.js';
import { checkTraceSize, parseTrace } from './parse.js';
import type { Trace } from './schema.js';

const TRACE = madeTrace({ promptTokens: 5, answerTokens: 3, text: 'abcdefgh' }, { promptTokens: 2, answerTokens: 1 });

function problem(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(EngineError);
    expect(thrown).toHaveProperty('code', 'TRACE_INVALID');
    return (thrown as EngineError).message;
  }
  throw new Error('It was taken for a trace.');
}

const problemOf = (json: unknown) => problem(() => parseTrace(JSON.stringify(json)));

function changed(change: (trace: Trace) => void): Trace {
  const trace = structuredClone(TRACE);
  change(trace);
  return trace;
}

describe('a trace from a file', () => {
  it('is what was written', () => {
    const turn = fc.record({
      promptTokens: fc.integer({ min: 1, max: 40 }),
      answerTokens: fc.integer({ min: 0, max: 40 }),
      msPerToken: fc.integer({ min: 1, max: 500 }),
      text: fc.option(fc.string(), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 5 }), (turns) => {
        const trace = madeTrace(...turns);
        expect(parseTrace(JSON.stringify(trace))).toEqual(trace);
      }),
      { numRuns: 50 },
    );
  });

  it('of another kind or version says so', () => {
    expect(problem(() => parseTrace('no JSON'))).toMatch(/holds no JSON.*Open a file/);
    for (const json of [null, 7, [], {}, { format: 'other' }])
      expect(problemOf(json)).toMatch(/no trace of Pyramid Chat/);
    expect(problemOf({ ...TRACE, version: 2 })).toMatch(/version 2; this Pyramid Chat reads version 1.*newer/);
    expect(problemOf({ ...TRACE, version: 'x' })).toMatch(/version unknown/);
    expect(problem(() => checkTraceSize(MAX_TRACE_BYTES + 1))).toMatch(/bytes; a trace has .* at most/);
  });

  it('is refused by the field that is wrong', () => {
    const { turns: _, ...lacking } = TRACE;
    expect(problemOf(lacking)).toMatch(/turns/);
    expect(problemOf({ ...TRACE, more: 1 })).toMatch(/more/);
    expect(problemOf({ ...TRACE, samples: [] })).toMatch(/samples/);
    expect(problemOf({ ...TRACE, model: { ...TRACE.model, layers: 1e9 } })).toMatch(/model\.layers/);
    expect(problemOf({ ...TRACE, createdAt: 'yesterday' })).toMatch(/createdAt/);
    const wrong: [RegExp, (trace: Trace) => void][] = [
      [/samples\[0\]\.ms/, ({ samples }) => Object.assign(samples[0], { ms: -1 })],
      [/samples\[0\]\.layers\[1\]/, ({ samples }) => samples[0].layers[1].pop()],
      [/samples\[1\]: 1 layers; the model has 2/, ({ samples }) => samples[1].layers.pop()],
      [/samples\[2\]: there is no turn 9/, ({ samples }) => Object.assign(samples[2], { turn: 9 })],
      [/samples\[3\]: it is before/, ({ samples }) => Object.assign(samples[3], { ms: 1 })],
      [/samples\[0\]\.layers\[0\]: it holds more/, ({ samples }) => Object.assign(samples[0].layers[0], { 2: 6 })],
      [/turns\[0\]\.text\.dropped: not of 2 layers/, ({ turns }) => turns[0].text?.dropped.pop()],
      [/turns\[0\]\.text\.dropped\[1\]: its runs/, ({ turns }) => turns[0].text?.dropped[1].push(1e15, 0)],
      [/turns\[0\]\.text\.dropped\[0\]: its runs/, ({ turns }) => turns[0].text?.dropped[0].push(0)],
    ];
    for (const [says, change] of wrong) expect(problemOf(changed(change))).toMatch(says);
  });
});
