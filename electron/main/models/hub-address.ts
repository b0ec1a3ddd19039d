import { EngineError } from '../../../engine/errors.js';

export const USUAL_HUB = 'https://huggingface.co';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.has(hostname);
}

/** Encrypted, or never on a wire. */
function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/** The address of a hub or mirror in its normal form. @throws DOWNLOAD_ADDRESS_INVALID */
export function checkHub(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  const wrong = (why: string) =>
    new EngineError('DOWNLOAD_ADDRESS_INVALID', `“${text}” ${why} Write it like ${USUAL_HUB}.`, { address: text });
  if (!url) throw wrong('is not an address.');
  if (!isSafe(url)) throw wrong('is not an https address: what comes from it could be changed on the way.');
  if (url.username || url.password) throw wrong('holds a password, which would be kept in plain text.');
  if (url.search || url.hash) throw wrong('has more than a server and a path.');
  return url.href.replace(/\/+$/, '');
}

/** Where a hub has a file. */
export function fileUrl(
  hub: string,
  { repository, revision, file }: Record<'repository' | 'revision' | 'file', string>,
): URL {
  const path = [...repository.split('/'), 'resolve', revision, file].map(encodeURIComponent).join('/');
  return new URL(`${hub}/${path}`);
}

/** Where a server's redirect leads. @throws DOWNLOAD_REFUSED for anywhere that is not safe */
export function redirectTarget(from: URL, location: string | null): URL {
  const target = location !== null && URL.canParse(location, from) ? new URL(location, from) : null;
  // From the network into this computer is no way for a download.
  if (target && isSafe(target) && (isLoopback(from) || !isLoopback(target))) return target;
  const where = target ? `${target.protocol}//${target.host}` : 'nowhere';
  const message = `${from.host} sends on to ${where}, where nothing is downloaded from: only https is. Try another address for downloads.`;
  throw new EngineError('DOWNLOAD_REFUSED', message, { host: from.host });
}
