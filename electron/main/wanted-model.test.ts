import { beforeEach, expect, test } from 'vitest';
import { WantedModel } from './wanted-model.js';

const places = {
  bundledModel: { path: '/bundled.gguf', sha256: 'abc' },
  cacheFolder: '/cache',
  measuring: { textFile: '/text', folder: '/measured' },
  parking: { folder: '/memories' },
};
let wanted: WantedModel;
beforeEach(() => {
  wanted = new WantedModel(places, { precision: 'default', contextLength: null, threads: 4 });
});

test('no model is loaded until one is wanted, and none after that', () => {
  expect(wanted.loadCommand()).toBeNull();
  wanted.choose('/a.gguf');
  wanted.loadAs({ contextLength: 2048 });
  expect(wanted.loadCommand()).toEqual({
    ...{ type: 'load', path: '/a.gguf', cacheFolder: '/cache', measuring: places.measuring, parking: places.parking },
    ...{ precision: 'default', contextLength: 2048, threads: 4 },
  });
  wanted.choose(null);
  expect(wanted.loadCommand()).toBeNull();
});

test('the model that came with the app has to be what it was', () => {
  wanted.choose('/bundled.gguf');
  expect(wanted.loadCommand()).toMatchObject({ sha256: 'abc' });
});

test('one that was moved is loaded from its new place, and told as lying there', () => {
  wanted.choose('/a.gguf');
  wanted.move({ from: '/other.gguf', to: '/c.gguf' });
  wanted.move({ from: '/a.gguf', to: '/b.gguf' });
  expect([wanted.path, wanted.whereNow({ path: '/a.gguf', hash: 'h' })]).toEqual([
    '/b.gguf',
    { path: '/b.gguf', hash: 'h' },
  ]);
  wanted.choose('/a.gguf');
  expect(wanted.whereNow({ path: '/a.gguf', hash: 'h' }).path).toBe('/a.gguf');
});
