import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const TEXT = 'assets/texts/wikitext-2-test.txt';
const PROGRAM = ['--import', 'tsx', 'engine/cli.ts'];
const SHORT = ['--text', TEXT, '--prefix', '260', '--continuation', '4', '--windows', '2'];

function cli(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...PROGRAM, ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('the commands that measure', () => {
  let folder: string;
  const file = (name: string) => path.join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pyramid-measure-'));
    const profile = { modelHash: '0'.repeat(64), modelName: 'Other', numLayers: 30 };
    const rest = { date: '2026-11-25', command: 'a test', machine: 'any', presets: {} };
    await writeFile(file('other.json'), JSON.stringify({ ...profile, ...rest }));
    await writeFile(file('damaged.json'), '{"modelHash": ');
    await writeFile(file('steps.json'), JSON.stringify({ kvType: 'int8', policy: { name: 'snapKv', share: 2 } }));
    await writeFile(file('short.txt'), 'A few words.');
    await writeFile(file('unanswered.jsonl'), '{"context": "A text.", "questions": [{"question": "What?"}]}\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('evaluate prints what the issue names, for a configuration and with generation eviction', async () => {
    const config = { kvType: 'float32', policy: { name: 'full' } };
    await writeFile(file('full.json'), JSON.stringify(config));
    const args = [...SHORT, '--config', file('full.json'), '--generation-eviction', '--json'];
    const { exitCode, stdout, stderr } = await cli('evaluate', ...args);
    expect(stderr).toMatch(/Window 2 of 2/);
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ windows: 2, prefixTokens: 260, continuationTokens: 4, generationEviction: true });
    expect(report).toMatchObject({ deltaPpl: 0, deltaPplCi: [0, 0], meanKl: 0, top1Agreement: 1, keptFraction: 1 });
    expect(report).toMatchObject({
      computeFraction: 1,
      compression: config,
      preset: null,
      fullFp16Bytes: 260 * 23_040,
    });
    for (const name of ['kvBytes', 'bytesAllocated', 'prefillMs', 'fullPrefillMs']) {
      expect(report[name]).toBeGreaterThan(0);
    }
  });

  it('cases writes the same for the same seed, and retrieve asks them', async () => {
    const make = ['cases', '--text', TEXT, '--cases', '1', '--facts', '2', '--tokens', '300', '--seed', '7', '--out'];
    expect(await cli(...make, file('a.jsonl'))).toMatchObject({ exitCode: 0, stderr: '' });
    await cli(...make, file('b.jsonl'));
    expect(await readFile(file('a.jsonl'), 'utf8')).toBe(await readFile(file('b.jsonl'), 'utf8'));
    const asked = await cli('retrieve', '--cases', file('a.jsonl'), '--mode', 'later', '--preset', 'off', '--json');
    expect(asked.exitCode).toBe(0);
    const report = JSON.parse(asked.stdout);
    expect(report).toMatchObject({ mode: 'later', n: 2, preset: 'off', keptFraction: 1 });
    expect(report.accuracy).toBe(report.fullAccuracy);
    expect(report.byTurn.map(({ turn }: { turn: number }) => turn)).toEqual([2, 3]);
  });

  it('Ctrl+C ends a measurement between two steps, with exit code 130', async () => {
    const args = ['evaluate', '--text', TEXT, '--prefix', '260', '--continuation', '4', '--windows', '500'];
    const child = spawn(process.execPath, [...PROGRAM, ...args], { cwd: root });
    let stderr = '';
    child.stderr.on('data', (text) => {
      // Once: a second Ctrl+C ends the process at once.
      if (stderr === '') child.kill('SIGINT');
      stderr += text;
    });
    const [exitCode] = await once(child, 'close');
    expect(stderr).toMatch(/Stopped after \d+ of 500 windows\.\n$/);
    expect(exitCode).toBe(130);
  });

  it.each<[string, string[], RegExp]>([
    [
      'cases without answers',
      ['retrieve', '--cases', 'unanswered.jsonl'],
      /CASES_INVALID.*unanswered\.jsonl:1.*answer/,
    ],
    ['no file of cases', ['retrieve', '--cases', 'nowhere.jsonl'], /CASES_INVALID.*nowhere\.jsonl/],
    ['a text shorter than a window', ['evaluate', '--text', 'short.txt'], /TEXT_TOO_SHORT.* 4 tokens.*2304/],
    [
      'a profile of another model',
      ['evaluate', '--text', 'short.txt', '--profile', 'other.json'],
      /PROFILE_INVALID.*Other/,
    ],
    ['a damaged profile', ['evaluate', '--text', 'short.txt', '--profile', 'damaged.json'], /PROFILE_INVALID.*damaged/],
    [
      'a configuration that cannot be',
      ['evaluate', '--text', 'short.txt', '--config', 'steps.json'],
      /COMPRESSION_INVALID/,
    ],
    [
      'a window longer than the context',
      ['evaluate', '--text', 'short.txt', '--prefix', '9000'],
      /REQUEST_INVALID.*8192/,
    ],
  ])('exit code 1, the cause on stderr and nothing on stdout: %s', async (_, args, words) => {
    const placed = args.map((arg) => (/\.\w+$/.test(arg) ? file(arg) : arg));
    const { exitCode, stdout, stderr } = await cli(...placed);
    expect(stderr).toMatch(words);
    expect(stdout).toBe('');
    expect(exitCode).toBe(1);
  });

  it.each<[string, string[]]>([
    ['no text', ['evaluate']],
    ['no cases', ['retrieve']],
    ['a preset that does not exist', ['evaluate', '--text', TEXT, '--preset', 'strong']],
    ['preset and configuration', ['evaluate', '--text', TEXT, '--preset', 'off', '--config', 'c.json']],
    ['a mode that does not exist', ['retrieve', '--cases', 'c.jsonl', '--mode', 'never']],
    ['no windows', ['evaluate', '--text', TEXT, '--windows', '0']],
    ['more facts than names', ['cases', '--text', TEXT, '--out', 'c.jsonl', '--facts', '400']],
    ['nowhere to write cases', ['cases', '--text', TEXT]],
    ['lengths that are none', ['calibrate', '--report-prefix', '512,many']],
  ])('exit code 2 and the usage: %s', async (_, args) => {
    const { exitCode, stdout, stderr } = await cli(...args);
    expect(stderr).toContain('Usage:');
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});
