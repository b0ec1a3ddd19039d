import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { readLaunchOptions } from './launch-options.js';

const cwd = resolve('/somewhere');

test('nothing given, nothing set', () => {
  expect(readLaunchOptions(['/app'], {}, cwd)).toEqual({
    modelPath: null,
    userDataFolder: null,
    precision: null,
    hub: null,
  });
});

test('arguments are found among those of Chromium, in both forms', () => {
  const argv = ['--remote-debugging-port=0', '--no-sandbox', '.', '--model', 'a.gguf', '--user-data-dir=/tmp/profile'];
  expect(readLaunchOptions(argv, {}, cwd)).toEqual({
    modelPath: resolve(cwd, 'a.gguf'),
    userDataFolder: resolve('/tmp/profile'),
    precision: null,
    hub: null,
  });
});

test('variables stand in for arguments, which win', () => {
  const env = { PYRAMID_MODEL: '/b.gguf', PYRAMID_USER_DATA_DIR: '/profile' };
  expect(readLaunchOptions([], env, cwd)).toEqual({
    modelPath: resolve('/b.gguf'),
    userDataFolder: resolve('/profile'),
    precision: null,
    hub: null,
  });
  expect(readLaunchOptions(['--model=/a.gguf'], env, cwd).modelPath).toBe(resolve('/a.gguf'));
});

test('a GGUF file alone is the model, as a path or an address; --model wins', () => {
  expect(readLaunchOptions(['.', 'a model.GGUF'], {}, cwd).modelPath).toBe(resolve(cwd, 'a model.GGUF'));
  const address = pathToFileURL(resolve('/models/für dich.gguf')).href;
  expect(readLaunchOptions([address], { PYRAMID_MODEL: '/b.gguf' }, cwd).modelPath).toBe(
    resolve('/models/für dich.gguf'),
  );
  expect(readLaunchOptions(['b.gguf', '--model=a.gguf'], {}, cwd).modelPath).toBe(resolve(cwd, 'a.gguf'));
  expect(readLaunchOptions(['notes.txt'], {}, cwd).modelPath).toBeNull();
});

test('an argument without its value counts as not given', () => {
  expect(readLaunchOptions(['--user-data-dir', '--model'], {}, cwd)).toEqual({
    modelPath: null,
    userDataFolder: null,
    precision: null,
    hub: null,
  });
  expect(readLaunchOptions(['--model='], {}, cwd).modelPath).toBeNull();
});

test('a precision that does not exist counts as not given', () => {
  expect(readLaunchOptions(['--precision', 'float32'], {}, cwd).precision).toBe('float32');
  expect(readLaunchOptions(['--precision=float8'], {}, cwd).precision).toBeNull();
  expect(readLaunchOptions(['--precision'], {}, cwd).precision).toBeNull();
});

test('a model that the system has the app open stands among the arguments alone', () => {
  expect(readLaunchOptions(['.', '/home/me/a.gguf'], {}, cwd).modelPath).toBe(resolve('/home/me/a.gguf'));
  expect(readLaunchOptions(['b/model.safetensors'], {}, cwd).modelPath).toBe(resolve(cwd, 'b/model.safetensors'));
  expect(readLaunchOptions(['a.gguf', '--model=b.gguf'], {}, cwd).modelPath).toBe(resolve(cwd, 'b.gguf'));
  expect(readLaunchOptions(['.', 'notes.txt'], {}, cwd).modelPath).toBeNull();
});

test('a hub is taken if it is an address that may be used', () => {
  expect(readLaunchOptions(['--hub=https://mirror.example/'], {}, cwd).hub).toBe('https://mirror.example');
  expect(readLaunchOptions([], { PYRAMID_HUB: 'http://127.0.0.1:9' }, cwd).hub).toBe('http://127.0.0.1:9');
  expect(readLaunchOptions(['--hub=http://mirror.example'], {}, cwd).hub).toBeNull();
});
