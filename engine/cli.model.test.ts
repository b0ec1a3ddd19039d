import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTrace } from './trace/parse.js';
import { kvAt, textAt } from './trace/replay.js';

const root = path.resolve(import.meta.dirname, '..');

interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const cli = (...args: string[]) => cliIn({}, ...args);

function cliIn(environment: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'engine/cli.ts', ...args],
      { cwd: root, env },
      (error, stdout, stderr) => {
        resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });
}

describe('the command line', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pyramid-cli-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('streams text alone to stdout', async () => {
    const args = ['--prompt', 'Name three primary colors.', '--temperature', '0', '--precision', 'float32'];
    const { exitCode, stdout, stderr } = await cli('generate', ...args);
    expect(stdout).toBe('The primary colors are: Red, Blue, and Yellow.\n');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('writes with --trace how the memory grew, with the text', async () => {
    const file = path.join(folder, 'trace.json');
    const args = ['--prompt', 'Name three primary colors.', '--temperature', '0', '--seed', '1', '--trace', file];
    const { exitCode, stdout } = await cli('generate', ...args);
    expect(exitCode).toBe(0);
    const trace = parseTrace(await readFile(file, 'utf8'));
    expect(trace.model).toMatchObject({ layers: 30, numKvHeads: 3, headDim: 64, contextLength: 8192 });
    expect(trace.turns).toMatchObject([
      { number: 1, reusedTokens: 0, end: 'done', compression: { preset: 'faithful' } },
    ]);
    const last = trace.samples.length - 1;
    const { tokensSeen, generatedTokens, bytesInUse } = kvAt(trace, last);
    expect(tokensSeen).toBe(trace.turns[0].promptTokens + generatedTokens);
    // Nothing is dropped of so short a text: each layer has all of it, a byte a value, and its scales.
    expect(bytesInUse).toBe(30 * (tokensSeen * 384 + 1536));
    expect(textAt(trace, last)?.text).toContain(stdout.trim());
    expect(new Set(textAt(trace, last)?.depths)).toEqual(new Set([30]));
    expect(trace.turns[0].text?.messages).toEqual([
      { role: 'user', content: 'Name three primary colors.' },
      { role: 'assistant', content: stdout.trim() },
    ]);
    expect(await readdir(folder)).toEqual(['trace.json']);
  });

  it('says before the model is loaded that a trace cannot be written', async () => {
    for (const file of [path.join(folder, 'nowhere', 'trace.json'), folder]) {
      const { exitCode, stderr, stdout } = await cli('generate', '--prompt', 'Hello', '--trace', file);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^FILE_UNWRITABLE: .* cannot be written: .*Name a file in a folder that exists/s);
      expect(stdout).toBe('');
    }
  });

  it('ends quietly when its reader goes away', async () => {
    const args = ['generate', '--prompt', 'Tell a long story.', '--temperature', '0', '--max-tokens', '200'];
    const child = spawn(process.execPath, ['--import', 'tsx', 'engine/cli.ts', ...args], { cwd: root });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [exitCode] = await once(child, 'close');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('prints one object with --json', async () => {
    const messages = path.join(folder, 'messages.json');
    await writeFile(messages, JSON.stringify([{ role: 'user', content: 'Count to five.' }]));
    const { exitCode, stdout } = await cli(
      'generate',
      '--messages',
      messages,
      '--max-tokens',
      '4',
      '--seed',
      '3',
      '--json',
    );
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ completionTokens: 4, stopReason: 'maxTokens', executionProvider: 'cpu', seed: 3 });
    expect(report.text.length).toBeGreaterThan(0);
    const { kv, timings, promptTokens } = report;
    expect(kv).toMatchObject({ tokensSeen: promptTokens + 3, keptFraction: 1 });
    expect(kv.fullFp16Bytes).toBe(kv.tokensSeen * 23_040);
    expect(kv.layers).toHaveLength(30);
    expect(kv.layers[29]).toMatchObject({ tokens: kv.tokensSeen, bytes: kv.bytesInUse / 30 });
    for (const name of ['loadMs', 'prefillMs', 'firstTokenMs', 'decodeMsPerToken'])
      expect(timings[name]).toBeGreaterThan(0);
  });

  it('takes a long prompt from the command line, and leaves no trace of telemetry', async () => {
    const home = path.join(folder, 'home');
    await mkdir(home);
    const prompt = 'The tide gauge read five metres at noon. '.repeat(300);
    const places = { HOME: home, XDG_CACHE_HOME: home, TMPDIR: home };
    const { exitCode, stdout } = await cliIn(places, 'generate', '--prompt', prompt, '--max-tokens', '1', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).promptTokens).toBeGreaterThan(2000);
    const left = await readdir(home, { recursive: true });
    expect(left.filter((name) => /onnxruntime|mat-debug|deviceid/i.test(name))).toEqual([]);
  });

  it('drops tokens from deeper layers under a preset', async () => {
    const prompt = `Sum up: ${'The tide gauge read five metres at noon. '.repeat(60)}`;
    const { stdout } = await cli('generate', '--prompt', prompt, '--preset', 'faithful', '--max-tokens', '1', '--json');
    const { kv, promptTokens } = JSON.parse(stdout);
    expect(kv.layers[24].tokens).toBe(promptTokens);
    // Behind layer 24 a fifth of the context goes on, with the recent fifth of all.
    const recent = Math.floor(0.2 * promptTokens);
    const alive = recent + Math.floor(0.2 * (promptTokens - recent));
    expect(kv.layers[25].tokens).toBe(Math.min(alive, Math.floor(0.36 * promptTokens)));
    expect(kv.keptFraction).toBeLessThan(0.9);
  });

  it('chats under any policy of a file, and never drops what a message pins', async () => {
    const filler = 'The tide gauge read five metres at noon. '.repeat(60);
    const messages = path.join(folder, 'pinned.json');
    const pinned = { role: 'user', content: 'Note: the code is 52417.', pinned: true };
    const rest = { role: 'user', content: `Sum up: ${filler}` };
    await writeFile(messages, JSON.stringify([pinned, { role: 'assistant', content: 'Noted.' }, rest]));
    const config = ['--config', 'bench/policies/streaming-llm.json'];
    const { stdout, stderr } = await cli('generate', '--messages', messages, ...config, '--max-tokens', '1', '--json');
    expect(stderr).toBe('');
    const { kv, promptTokens } = JSON.parse(stdout);
    expect(kv.compression).toMatchObject({ config: { policy: { name: 'streamingLlm', share: 0.46 } } });
    const { tokens, parts } = kv.layers[0];
    // The conversation begins with the pinned message; it comes on top of sinks and window.
    expect(parts).toMatchObject({ sinks: 4, context: 0 });
    expect(parts.pinned).toBeGreaterThan(12);
    expect(tokens).toBe(Math.floor(0.46 * promptTokens) + parts.pinned);
  });

  it('prints the usage when it is asked for help', async () => {
    const { exitCode, stdout } = await cli('generate', '--help');
    expect(stdout).toContain('Usage:');
    expect(exitCode).toBe(0);
  });

  it('inspects a model', async () => {
    const { exitCode, stdout } = await cli('inspect', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      architecture: 'llama',
      layers: 30,
      numHeads: 9,
      numKvHeads: 3,
      headDim: 64,
      contextLength: 8192,
      quantization: 'Q4_1',
      hash: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    });
    expect((await cli('inspect')).stdout).toMatch(/^Quantization\s+Q4_1$/m);
  });

  it.each<[string, string[], RegExp]>([
    ['a model file that is not there', ['inspect', '--model', '/nowhere/model.gguf'], /MODEL_FILE_MISSING.*\/nowhere/],
    ['a file that is no model', ['generate', '--prompt', 'Hi', '--model', 'package.json'], /MODEL_FORMAT_UNKNOWN/],
    [
      'a configuration of no policy',
      ['generate', '--prompt', 'Hi', '--config', 'package.json'],
      /COMPRESSION_INVALID.*kvType/,
    ],
    ['an empty prompt', ['generate', '--prompt', ' '], /PROMPT_EMPTY/],
    ['messages that are no JSON', ['generate', '--messages', 'README.md'], /REQUEST_INVALID.*README\.md/],
  ])('exit code 1, the cause on stderr and nothing on stdout: %s', async (_, args, words) => {
    const { exitCode, stdout, stderr } = await cli(...args);
    expect(stderr).toMatch(words);
    expect(stdout).toBe('');
    expect(exitCode).toBe(1);
  });

  it('refuses messages that are not UTF-8', async () => {
    const messages = path.join(folder, 'latin1.json');
    await writeFile(messages, Buffer.from('[{"role":"user","content":"caf\xe9"}]', 'latin1'));
    const { exitCode, stderr } = await cli('generate', '--messages', messages);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/REQUEST_INVALID.*UTF-8/);
  });

  it.each<[string, string[]]>([
    ['no command', []],
    ['a command that does not exist', ['sing']],
    ['a command that every object has', ['toString']],
    ['no prompt', ['generate']],
    ['two sources of messages', ['generate', '--prompt', 'Hi', '--messages', 'm.json']],
    ['an option that does not exist', ['generate', '--prompt', 'Hi', '--loud']],
    ['a number that is none', ['generate', '--prompt', 'Hi', '--max-tokens', 'many']],
    ['two compressions', ['generate', '--prompt', 'Hi', '--preset', 'off', '--config', 'c.json']],
    ['a preset that does not exist', ['generate', '--prompt', 'Hi', '--preset', 'strong']],
    ['a precision that does not exist', ['generate', '--prompt', 'Hi', '--precision', 'float8']],
  ])('exit code 2 and the usage: %s', async (_, args) => {
    const { exitCode, stdout, stderr } = await cli(...args);
    expect(stderr).toContain('Usage:');
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});
