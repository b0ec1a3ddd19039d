import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** The page has an origin of its own: `file://` would let it read the disk. */
export const APP_SCHEME = 'app';
const APP_HOST = 'pyramid';
export const APP_URL = `${APP_SCHEME}://${APP_HOST}/index.html`;

/** Nothing is loaded from anywhere but the app itself; pictures may also be in its style sheet (data:). */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

export function isAppUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return protocol === `${APP_SCHEME}:` && host === APP_HOST;
}

/** Who may call: the page itself, and no frame in it. Null: it is gone. */
export function isOwnPage(frame: { parent: unknown; url: string } | null): boolean {
  return frame?.parent === null && isAppUrl(frame.url);
}

/** The file under `folder` that an address of the app names; null if it names none that may be served. */
export function servedFile(url: string, folder: string): string | null {
  if (!isAppUrl(url)) return null;
  let path: string;
  try {
    path = decodeURIComponent(new URL(url).pathname);
  } catch {
    return null;
  }
  const file = join(folder, path);
  const inside = file.startsWith(folder + sep) && !path.includes('\0') && !path.includes('\\');
  return inside && extname(file) in CONTENT_TYPES ? file : null;
}

/** Answers a request for an address of the app from `folder`, the built page. */
export async function serve(url: string, folder: string): Promise<Response> {
  const headers = { 'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'X-Content-Type-Options': 'nosniff' };
  const file = servedFile(url, folder);
  const body = file && (await readFile(file).catch(() => null));
  if (!file || !body) return new Response('Not found', { status: 404, headers });
  return new Response(new Uint8Array(body), { headers: { ...headers, 'Content-Type': CONTENT_TYPES[extname(file)] } });
}
