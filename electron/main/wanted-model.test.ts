import { beforeEach, expect, test } from 'vitest';
import { WantedModel } from './wanted-model.js';

const places = {
  bundledModel: { path: '/bundled.gguf', sha256: 'abc' },
  cacheFolder: '/cache',
  measuring: { textFile: '/text', folder: '/measured' },
  parking: { folder: '/memories' },
  deviceOf: (path: string) => (path === '/a.gguf' ? ('webgpu' as const) : ('cpu' as const)),
};
let wanted: WantedModel;
beforeEach(() => {
  wanted = new WantedModel(places, { precision: 'default', contextLength: null, threads: 4 });
});

test('no model is loaded until one is wanted, and none after that', () => {
  expect(wanted.loadCommand(false)).toBeNull();
  wanted.choose('/a.gguf');
  wanted.loadAs({ contextLength: 2048 });
  expect(wanted.loadCommand(false)).toEqual({
    ...{ type: 'load', path: '/a.gguf', cacheFolder: '/cache', measuring: places.measuring, parking: places.parking },
    ...{ precision: 'default', contextLength: 2048, threads: 4, device: 'webgpu', deviceFailed: false },
  });
  wanted.choose(null);
  expect(wanted.loadCommand(false)).toBeNull();
});

test('each model has its device, and no model has none', () => {
  expect(wanted.device).toBeNull();
  wanted.choose('/b.gguf');
  expect(wanted.device).toBe('cpu');
  wanted.choose('/a.gguf');
  expect(wanted.device).toBe('webgpu');
  expect(wanted.loadCommand(true)).toMatchObject({ device: 'webgpu', deviceFailed: true });
});

test('the model that came with the app has to be what it was', () => {
  wanted.choose('/bundled.gguf');
  expect(wanted.loadCommand(false)).toMatchObject({ sha256: 'abc' });
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
