import { describe, expect, it } from 'vitest';
import type { CatalogNeed, DownloadView } from '../../../electron/ipc/model-contract.js';
import { downloadFraction, downloadWords, fitWords, placeWords } from './model-words.js';

const memory = { freeBytes: 4e9, totalBytes: 16e9 };
const need = { weightsBytes: 1.39e9, kvBytes: 118e6, contextTokens: 8192 };

describe('how a model stands to this computer', () => {
  it.each<[CatalogNeed | null, string, RegExp]>([
    [
      { ...need, fit: 'fits' },
      'Fits · 3.7 GB free',
      /^1\.51 GB of memory: 1\.39 GB of weights, 118 MB for 8,192 tokens$/,
    ],
    [{ ...need, fit: 'tight' }, 'Tight · 3.7 GB free', /1\.51 GB/],
    [{ ...need, fit: 'no' }, 'Too large · 15 GB in all', /1\.51 GB/],
    [null, 'Not known', /not running/],
    [{ error: { code: 'KV_BUDGET_TOO_SMALL', message: 'Too little.' } }, 'Not with this budget', /Too little/],
  ])('%j is %s', (asked, title, reason) => {
    const words = fitWords({ need: asked }, memory);
    expect(words.title).toBe(title);
    expect(words.reason).toMatch(reason);
  });
});

describe('how far a download is', () => {
  const at = (
    state: DownloadView['state'],
    receivedBytes = 412e6,
    totalBytes: number | null = 1.32e9,
  ): DownloadView => ({
    id: 'a',
    file: 'a.gguf',
    state,
    receivedBytes,
    totalBytes,
  });
  it.each<[DownloadView, string, number | null]>([
    [at({ state: 'queued' }, 0), 'Waits for its turn', 0],
    [at({ state: 'connecting' }, 0, null), 'Connecting', null],
    [at({ state: 'receiving', bytesPerSecond: null }), '412 MB of 1.32 GB', 412 / 1320],
    [at({ state: 'receiving', bytesPerSecond: 12.3e6 }), '412 MB of 1.32 GB · 12.3 MB/s · 74 s left', 412 / 1320],
    [at({ state: 'receiving', bytesPerSecond: 1e6 }), '412 MB of 1.32 GB · 1.0 MB/s · 15 min left', 412 / 1320],
    [at({ state: 'receiving', bytesPerSecond: 1e5 }), '412 MB of 1.32 GB · 100 kB/s · 3 h left', 412 / 1320],
    [at({ state: 'receiving', bytesPerSecond: 1e6 }, 5e6, null), '5.0 MB · 1.0 MB/s', null],
    [
      at({ state: 'waiting', seconds: 4, reason: '' }),
      '412 MB of 1.32 GB · The connection broke; next try in 4.0 s',
      412 / 1320,
    ],
    [at({ state: 'checking', fraction: 0.45 }), 'Checking 45 %', 0.45],
    [at({ state: 'paused' }), 'Paused · 412 MB of 1.32 GB', 412 / 1320],
    [at({ state: 'paused' }, 0, null), 'Paused', null],
    [at({ state: 'failed', error: { code: 'DOWNLOAD_STALLED', message: '' } }, 0), 'Stopped', 0],
  ])('%j', (view, words, fraction) => {
    expect(downloadWords(view)).toBe(words);
    expect(downloadFraction(view)).toBe(fraction);
  });
});

it('where a model is, and how sure one can be of it', () => {
  const file = { id: 'a', path: '/a.gguf', kind: 'file', bytes: 98.4e6 } as const;
  const model = { ...file, verified: null, hash: null, device: 'cpu' } as const;
  expect(placeWords({ ...model, place: 'bundled' })).toBe('98.4 MB · came with the app');
  expect(placeWords({ ...model, place: 'elsewhere', kind: 'folder' })).toBe('98.4 MB · a folder of yours');
  expect(placeWords({ ...model, place: 'app', verified: 'none' })).toBe(
    '98.4 MB · in the app’s folder · not verified: the hub told no hash',
  );
});
