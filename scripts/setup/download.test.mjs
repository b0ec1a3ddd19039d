import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { downloadFile } from './download.mjs';

const CONTENT = randomBytes(300_000);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

let folder;
let target;
let server;
let requests;

/** Serves `answer(request, response)` on loopback and records each request's Range. */
async function serve(answer) {
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.headers.range);
    answer(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}/model.gguf`;
}

function serveRanges(content) {
  return (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const headers = { 'content-length': content.length - start };
    if (start === 0) response.writeHead(200, headers);
    else
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
      });
    response.end(content.subarray(start));
  };
}

const options = (more = {}) => ({
  bytes: CONTENT.length,
  sha256: SHA256,
  connectTimeoutMs: 500,
  stallTimeoutMs: 300,
  ...more,
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'download-'));
  target = join(folder, 'deep', 'model.gguf');
});

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true });
});

test('a download appears whole, with progress up to 1', async () => {
  const fractions = [];
  const url = await serve(serveRanges(CONTENT));
  await downloadFile(url, target, options({ onProgress: (fraction) => fractions.push(fraction) }));
  expect(readFileSync(target).equals(CONTENT)).toBe(true);
  expect(existsSync(`${target}.partial`)).toBe(false);
  expect(fractions.at(-1)).toBe(1);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
});

test('a connection that breaks leaves a partial file, and the next try asks only for the rest', async () => {
  const broken = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': CONTENT.length });
    response.write(CONTENT.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
  });
  await expect(downloadFile(broken, target, options())).rejects.toThrow('127.0.0.1');
  expect(existsSync(target)).toBe(false);
  expect(statSync(`${target}.partial`).size).toBe(100_000);
  server.close();

  const url = await serve(serveRanges(CONTENT));
  await downloadFile(url, target, options());
  expect(requests).toEqual(['bytes=100000-']);
  expect(readFileSync(target).equals(CONTENT)).toBe(true);
});

test('a server that cannot resume makes it start over', async () => {
  const url = await serve((_request, response) => response.end(CONTENT));
  await downloadFile(url, join(folder, 'a'), options());
  writeFileSync(join(folder, 'b.partial'), CONTENT.subarray(0, 1000));
  await downloadFile(url, join(folder, 'b'), options());
  expect(readFileSync(join(folder, 'b')).equals(CONTENT)).toBe(true);
});

test('a partial file with other contents is thrown away and fetched anew', async () => {
  const url = await serve(serveRanges(CONTENT));
  writeFileSync(join(folder, 'b.partial'), randomBytes(5000));
  await downloadFile(url, join(folder, 'b'), options());
  expect(requests).toEqual(['bytes=5000-', undefined]);
  expect(readFileSync(join(folder, 'b')).equals(CONTENT)).toBe(true);
});

test('a whole partial file needs no request, and one that is too long is not used', async () => {
  const url = await serve(serveRanges(CONTENT));
  writeFileSync(join(folder, 'a.partial'), CONTENT);
  await downloadFile(url, join(folder, 'a'), options());
  expect(requests).toEqual([]);
  writeFileSync(join(folder, 'b.partial'), Buffer.concat([CONTENT, CONTENT]));
  await downloadFile(url, join(folder, 'b'), options());
  expect(requests).toEqual([undefined]);
});

test.each([
  ['another file', serveRanges(randomBytes(CONTENT.length))],
  ['a truncated file', serveRanges(CONTENT.subarray(0, 1000))],
  ['a page of a proxy', (_request, response) => response.end('<html>Please log in</html>')],
])('%s is refused and leaves nothing behind', async (_name, answer) => {
  const url = await serve(answer);
  await expect(downloadFile(url, join(folder, 'a'), options())).rejects.toThrow('SHA-256');
  expect(existsSync(join(folder, 'a'))).toBe(false);
  expect(existsSync(join(folder, 'a.partial'))).toBe(false);
});

test('an HTTP error names host and status', async () => {
  const url = await serve((_request, response) => response.writeHead(403).end());
  await expect(downloadFile(url, target, options())).rejects.toThrow(/127\.0\.0\.1.*HTTP 403/);
});

test.each([
  ['never answers', () => {}],
  [
    'stops in the middle',
    (_request, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      response.write(CONTENT.subarray(0, 1000));
    },
  ],
])('a server that %s is given up soon', async (_name, answer) => {
  const url = await serve(answer);
  const startMs = performance.now();
  await expect(downloadFile(url, target, options())).rejects.toThrow('no answer for');
  expect(performance.now() - startMs).toBeLessThan(3000);
});

test('nobody listening is an error with its cause', async () => {
  const url = await serve(() => {});
  await new Promise((resolve) => server.close(resolve));
  await expect(downloadFile(url, target, options())).rejects.toThrow('ECONNREFUSED');
});
