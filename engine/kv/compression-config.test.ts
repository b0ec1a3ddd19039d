import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.js';
import { PRESET_NAMES } from '../types.js';
import { chooseCompression } from './choose-compression.js';
import {
  type CompressionConfig,
  POLICY_NAMES,
  type PolicyConfig,
  parseCompressionConfig,
} from './compression-config.js';
import { presetConfig } from './presets.js';

const LAYERS = 6;
const generation = { windowLength: 64, exceedLength: 16, compressRatio: 1, decayRatio: 1 };
const pyramid = {
  name: 'pyramidInfer',
  schedule: {
    type: 'step',
    steps: [
      [2, 0.5],
      [3, 0],
    ],
  },
  recentRatio: 0.2,
  distanceWeight: 1,
  sinkLength: 4,
  minContextLength: 0,
  layerInterval: 1,
  generation,
};
const cache = { share: 0.4, recentShare: 0.5, perHead: true };
const snapKv = { name: 'snapKv', share: 0.4, sinkLength: 4, scoreRows: 16, pool: 7 };

/** Field and message of the refusal; null if there is none. */
function refusal(policy: object | string | undefined, kvType: string | undefined = 'int8'): [unknown, string] | null {
  try {
    parseCompressionConfig({ kvType, policy }, LAYERS);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof EngineError) || thrown.code !== 'COMPRESSION_INVALID') throw thrown;
    return [thrown.details?.field, thrown.message];
  }
}

const withSteps = (steps: unknown) => ({ ...pyramid, schedule: { type: 'step', steps } });

describe('a configuration from outside', () => {
  it.each<[string, object | string | undefined, string, RegExp]>([
    ['no policy', undefined, 'policy', /an object with name, one of full, streamingLlm.*missing/],
    ['a policy that is a word', 'full', 'policy', /an object with name/],
    [
      'an unknown policy',
      { name: 'magic' },
      'policy.name',
      /one of full, streamingLlm, h2o, snapKv, pyramidKv, pyramidInfer, not "magic"/,
    ],
    ['a share of 0', { ...snapKv, share: 0 }, 'policy.share', /above 0 and up to 1, not 0/],
    ['a share beyond 1', { ...snapKv, share: 1.01 }, 'policy.share', /above 0 and up to 1, not 1\.01/],
    ['no share', { ...snapKv, share: undefined }, 'policy.share', /above 0 and up to 1, and is missing/],
    ['an even pool', { ...snapKv, pool: 4 }, 'policy.pool', /an odd number from 1 to 63, not 4/],
    ['no rows that vote', { ...snapKv, scoreRows: 0 }, 'policy.scoreRows', /a whole number from 1 to/],
    ['half a sink', { ...snapKv, sinkLength: 0.5 }, 'policy.sinkLength', /a whole number from 0 to/],
    ['a taper beyond 1', { ...snapKv, name: 'pyramidKv', taper: 2 }, 'policy.taper', /a number from 0 to 1, not 2/],
    ['a field that is none', { ...snapKv, taper: 1 }, 'policy', /has no taper; it has name, share/],
    [
      'an unknown schedule',
      { ...pyramid, schedule: { type: 'sine' } },
      'policy.schedule.type',
      /one of cosine, linear, step, not "sine"/,
    ],
    [
      'a ratio below 0',
      { ...pyramid, schedule: { type: 'cosine', prefillDecayRatio: -0.1 } },
      'policy.schedule.prefillDecayRatio',
      /a number from 0 to 1, not -0\.1/,
    ],
    ['a step’s share beyond 1', withSteps([[2, 1.5]]), 'policy.schedule.steps[0][1]', /a number from 0 to 1, not 1\.5/],
    ['a step that is none', withSteps([[2]]), 'policy.schedule.steps[0]', /\[layer, share\], not \[2\]/],
    [
      'a step beyond the last layer',
      withSteps([
        [2, 0.5],
        [6, 0],
      ]),
      'policy.schedule.steps[1]',
      /6 is beyond the last; it must be 0 to 5/,
    ],
    [
      'steps out of order',
      withSteps([
        [3, 0.5],
        [2, 0],
      ]),
      'policy.schedule.steps[1]',
      /must ascend, but 2 follows 3/,
    ],
    [
      'a layer twice',
      withSteps([
        [3, 0.5],
        [3, 0],
      ]),
      'policy.schedule.steps[1]',
      /must ascend, but 3 follows 3/,
    ],
    [
      'shares that rise',
      withSteps([
        [2, 0.1],
        [3, 0.4],
      ]),
      'policy.schedule.steps[1]',
      /must not rise with depth, but 0\.4 follows 0\.1/,
    ],
    [
      'no window',
      { ...pyramid, recentRatio: undefined },
      'policy.recentRatio',
      /either recentRatio \(0 to 1\) or recentLength \(tokens\)/,
    ],
    [
      'two windows',
      { ...pyramid, recentLength: 64 },
      'policy.recentRatio',
      /either recentRatio \(0 to 1\) or recentLength/,
    ],
    ['a window beyond 1', { ...pyramid, recentRatio: 1.2 }, 'policy.recentRatio', /a number from 0 to 1, not 1\.2/],
    ['a window in words', { ...pyramid, recentRatio: '0.2' }, 'policy.recentRatio', /a number from 0 to 1, not "0\.2"/],
    ['an interval of 0', { ...pyramid, layerInterval: 0 }, 'policy.layerInterval', /a whole number from 1 to/],
    ['a weight below 1', { ...pyramid, distanceWeight: 0.5 }, 'policy.distanceWeight', /a number from 1 to 100/],
    [
      'no generation',
      { ...pyramid, generation: undefined },
      'policy.generation',
      /an object of windowLength, exceedLength.*missing/,
    ],
    [
      'a block of 0',
      { ...pyramid, generation: { ...generation, exceedLength: 0 } },
      'policy.generation.exceedLength',
      /a whole number from 1/,
    ],
    [
      'a ratio beyond 1',
      { ...pyramid, generation: { ...generation, decayRatio: 3 } },
      'policy.generation.decayRatio',
      /from 0 to 1, not 3/,
    ],
    [
      'shares of too few layers',
      { ...pyramid, cache: { ...cache, share: [0.5, 0.4] } },
      'policy.cache.share',
      /2 shares were given; the model has 6 layers/,
    ],
    [
      'a layer’s share of 0',
      { ...pyramid, cache: { ...cache, share: [0.5, 0, 1, 1, 1, 1] } },
      'policy.cache.share[1]',
      /above 0 and up to 1, not 0/,
    ],
    [
      'a cache window beyond 1',
      { ...pyramid, cache: { ...cache, recentShare: 7 } },
      'policy.cache.recentShare',
      /from 0 to 1, not 7/,
    ],
    [
      'neither yes nor no',
      { ...pyramid, cache: { ...cache, perHead: 1 } },
      'policy.cache.perHead',
      /true or false, not 1/,
    ],
  ])('with %s is refused, naming the field and what is allowed', (_, policy, field, words) => {
    const refused = refusal(policy);
    expect(refused?.[0]).toBe(field);
    expect(refused?.[1]).toContain(`${field}: `);
    expect(refused?.[1]).toMatch(words);
  });

  it('must say in what type K and V are kept', () => {
    for (const kvType of ['int4', ''])
      expect(refusal({ name: 'full' }, kvType)?.[1]).toMatch(/kvType: must be one of int8, float32/);
  });

  it.each([null, 7, 'full'])('that is no object is refused: %j', (json) => {
    expect(() => parseCompressionConfig(json, LAYERS)).toThrow(
      /the configuration: must be an object of kvType, policy/,
    );
  });

  it('of every policy and every preset comes back as it is', () => {
    const shared = { share: 0.5, sinkLength: 4 };
    const policies: PolicyConfig[] = [
      { name: 'full' },
      { name: 'streamingLlm', ...shared },
      { name: 'h2o', ...shared },
      { name: 'snapKv', ...shared, scoreRows: 16, pool: 1 },
      { name: 'pyramidKv', ...shared, scoreRows: 16, pool: 7, taper: 0 },
      { ...pyramid, name: 'pyramidInfer', schedule: { type: 'linear', prefillDecayRatio: 0 }, cache },
    ];
    expect(new Set(policies.map(({ name }) => name))).toEqual(new Set(POLICY_NAMES));
    const configs: CompressionConfig[] = [
      ...policies.map((policy) => ({ kvType: 'int8' as const, policy })),
      ...PRESET_NAMES.map((name) => presetConfig(name, { hash: '', numLayers: LAYERS })),
    ];
    for (const config of configs)
      expect(parseCompressionConfig(JSON.parse(JSON.stringify(config)), LAYERS)).toEqual(config);
  });
});

describe('a choice of compression', () => {
  const model = {
    hash: '',
    contextLength: 1024,
    config: { numLayers: LAYERS, numKvHeads: 2, headDim: 16 },
  } as Parameters<typeof chooseCompression>[1];

  it.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY])('of %d bytes is refused', (budgetBytes) => {
    expect(() => chooseCompression({ budgetBytes }, model)).toThrow(
      expect.objectContaining({ code: 'COMPRESSION_INVALID', details: { field: 'budgetBytes' } }),
    );
    expect(() => chooseCompression({ budgetBytes }, model)).toThrow(/budgetBytes must be a number of bytes above 0/);
  });

  it('of a preset that does not exist is refused, with those that do', () => {
    for (const preset of ['strong', 'toString']) {
      expect(() => chooseCompression({ preset } as never, model)).toThrow(/off, faithful, balanced, compact, paper/);
    }
  });

  it('may force the type of K and V', () => {
    expect(chooseCompression({ preset: 'faithful' }, model).kvType).toBe('int8');
    expect(chooseCompression({ preset: 'faithful' }, model, 'float32').kvType).toBe('float32');
  });
});
