import { expect, test } from 'vitest';
import { parseProfile } from './profile.js';
import { profileOf } from './profiles/index.js';

const model = { hash: 'ab'.repeat(32), numLayers: 30 };
const good = {
  modelHash: model.hash,
  modelName: 'Small',
  numLayers: 30,
  date: '2026-11-25',
  command: 'npm run cli -- calibrate',
  machine: 'two cores',
  presets: {
    off: { config: { kvType: 'float32', policy: { name: 'full' } }, measured: null },
    faithful: {
      config: { kvType: 'int8', policy: { name: 'streamingLlm', share: 0.8, sinkLength: 4 } },
      measured: {
        continuation: [
          {
            prefixTokens: 2048,
            windows: 24,
            keptFraction: 0.86,
            bytesShare: 0.44,
            deltaPpl: 0.004,
            deltaPplCi: [-0.001, 0.006],
            meanKl: 0.003,
            prefillRatio: 0.9,
          },
        ],
        retrieval: [{ mode: 'ask', questions: 104, accuracy: 0.6, fullAccuracy: 0.61 }],
      },
    },
  },
};

test('a profile as calibrate writes it comes back as it is', () => {
  expect(parseProfile(JSON.parse(JSON.stringify(good)), model)).toEqual(good);
});

test.each<[string, object | null, RegExp]>([
  ['another model', { ...good, modelHash: 'cd'.repeat(32) }, /for Small \(SHA-256 cd.*this model's SHA-256 is ab/],
  ['another depth', { ...good, numLayers: 12 }, /numLayers: it says 12, and the model has 30/],
  ['a hash that is none', { ...good, modelHash: 'abc' }, /modelHash/],
  ['no presets', { ...good, presets: undefined }, /presets/],
  ['a preset that does not exist', { ...good, presets: { strong: good.presets.off } }, /strong/],
  ['no date', { ...good, date: 'yesterday' }, /date/],
  [
    'a share beyond 1',
    {
      ...good,
      presets: {
        faithful: {
          ...good.presets.faithful,
          measured: {
            ...good.presets.faithful.measured,
            retrieval: [{ mode: 'ask', questions: 1, accuracy: 2, fullAccuracy: 1 }],
          },
        },
      },
    },
    /presets\.faithful\.measured\.retrieval\[0\]\.accuracy/,
  ],
  [
    'a configuration that cannot be',
    { ...good, presets: { faithful: { config: { kvType: 'int8', policy: { name: 'magic' } }, measured: null } } },
    /presets\.faithful\.config: .*policy/,
  ],
  ['nothing', null, /the file/],
])('refused, with what is wrong: %s', (_, json, words) => {
  expect(() => parseProfile(json, model)).toThrow(expect.objectContaining({ code: 'PROFILE_INVALID' }));
  expect(() => parseProfile(json, model)).toThrow(words);
});

test('a model whose profile was never committed has none', () => {
  expect(profileOf(model.hash)).toBeNull();
});
