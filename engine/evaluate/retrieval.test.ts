import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetConfig } from '../kv/presets.js';
import type { Runtime } from '../runtime/load-runtime.js';
import { seededRandom } from '../sampling/random.js';
import { readGolden } from '../testing/golden.js';
import { loadTinyRuntime } from '../testing/tiny-runtime.js';
import type { AnsweredCase } from './interview.js';
import { FULL_CACHE } from './memories.js';
import { type CaseOutcome, measureRetrieval, type RetrievalMode, summarizeRetrieval } from './retrieval.js';
import type { RetrievalCase } from './retrieval-cases.js';

const late = presetConfig('faithful', { hash: '', numLayers: 6 });

describe('questions about a text', () => {
  let runtime: Runtime;
  let cases: RetrievalCase[];
  beforeAll(async () => {
    runtime = await loadTinyRuntime();
    const { text } = await readGolden('full.json');
    const questions = [
      { question: 'What is it?', answer: 'no such words', answerPrefix: 'It is' },
      { question: 'And what else?', answer: 'no such words either' },
    ];
    cases = [0, 600].map((from) => ({ context: text.slice(from, from + 500), questions }));
  });
  afterAll(() => runtime.release());

  async function held(mode: RetrievalMode, asked = cases, signal?: AbortSignal): Promise<CaseOutcome[]> {
    const outcomes: CaseOutcome[] = [];
    for await (const one of measureRetrieval(runtime, [FULL_CACHE, late], asked, { mode, signal })) outcomes.push(one);
    return outcomes;
  }

  it.each<[RetrievalMode, number[]]>([
    ['ask', [1, 1]],
    ['later', [2, 3]],
  ])('%s: what nothing was dropped for is answered as the full cache answers it', async (mode, turns) => {
    const outcomes = await held(mode);
    expect(outcomes).toHaveLength(2);
    for (const { full, compressed } of outcomes) {
      expect(compressed[0]).toEqual(full);
      expect(full.map(({ turn }) => turn)).toEqual(turns);
      expect(full[0].reply.startsWith('It is')).toBe(true);
      expect(full[0].keptFraction).toBe(1);
      expect(compressed[1][0].keptFraction).toBeLessThan(1);
    }
  });

  it('an answer is right when it stands in what the model wrote, not in what it was given', async () => {
    const [{ full }] = await held('ask', cases.slice(0, 1));
    const written = full[0].reply.slice('It is'.length, 'It is'.length + 3);
    const [question] = cases[0].questions;
    const asked = (answer: string) => [{ ...cases[0], questions: [{ ...question, answer }] }];
    const right = async (answer: string) => (await held('ask', asked(answer)))[0].full[0].right;
    expect(await right(written)).toBe(true);
    expect(await right('It is')).toBe(full[0].reply.slice(5).includes('It is'));
  });

  it('replies stay in the history: another first answer makes another second one possible', async () => {
    const [{ full }] = await held('later', cases.slice(0, 1));
    const [first, second] = cases[0].questions;
    const other = [{ ...cases[0], questions: [{ ...first, answerPrefix: 'Certainly not, for it is' }, second] }];
    const [{ full: changed }] = await held('later', other);
    expect(changed[1].reply).not.toBe(full[1].reply);
  });

  it('a case that the context cannot hold is refused by its number', async () => {
    const long = { ...cases[0], context: cases[0].context.repeat(3) };
    await expect(held('ask', [cases[0], long])).rejects.toMatchObject({ code: 'CASES_INVALID', details: { case: 2 } });
  });

  it('stops with the reason', async () => {
    await expect(held('ask', cases, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

describe('the summary of answers', () => {
  const answers = (...rights: boolean[]): AnsweredCase =>
    rights.map((right, i) => ({ turn: i + 2, reply: '', right, keptFraction: right ? 0.5 : 0.7 }));

  it('counts right answers over all questions and by turn, and pairs them with the full cache', () => {
    const full = [answers(true, true), answers(true, false)];
    const compressed = [answers(true, false), answers(true, false)];
    const found = summarizeRetrieval('later', full, compressed, seededRandom(1));
    expect(found).toMatchObject({ mode: 'later', n: 4, cases: 2, accuracy: 0.5, fullAccuracy: 0.75 });
    expect(found.byTurn).toEqual([
      { turn: 2, n: 2, accuracy: 1, fullAccuracy: 1 },
      { turn: 3, n: 2, accuracy: 0, fullAccuracy: 0.5 },
    ]);
    expect(found.keptFraction).toBeCloseTo(0.6, 9);
    expect(found.differenceCi[0]).toBeLessThanOrEqual(-0.25);
    expect(found.differenceCi[1]).toBe(0);
  });
});
