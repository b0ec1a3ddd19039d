import { EngineError } from '../../engine/errors.js';

const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/** The address in its normal form, as it is shown before it is opened. Throws REQUEST_INVALID for what is not opened. */
export function checkExternalUrl(text: string): string {
  if (!URL.canParse(text))
    throw new EngineError('REQUEST_INVALID', 'This link is not a complete address.', { field: 'url' });
  const url = new URL(text);
  if (!SCHEMES.has(url.protocol)) {
    throw new EngineError(
      'REQUEST_INVALID',
      `Links of the kind “${url.protocol}” are not opened; only http, https and mailto are.`,
      {
        field: 'url',
      },
    );
  }
  return url.href;
}

const LONGEST_SHOWN = 400;

interface UrlQuestion {
  url: string;
  message: string;
  detail: string;
}

/** What is asked before an address is opened: where it leads comes first, however the rest of it reads. */
export function askAboutUrl(text: string): UrlQuestion {
  const url = checkExternalUrl(text);
  const { protocol, host, pathname, username } = new URL(url);
  const shown = url.length <= LONGEST_SHOWN ? url : `${url.slice(0, LONGEST_SHOWN)}… (${url.length} characters)`;
  if (protocol === 'mailto:')
    return { url, message: `Write to ${shortened(pathname) || 'this address'}?`, detail: shown };
  const warnings = [
    username && `What stands before “@” is a name to sign in with, not the site.`,
    host.includes('xn--') && 'The site’s name has letters of other scripts; they may look like others.',
    protocol === 'http:' && 'The connection is not encrypted.',
  ].filter(Boolean);
  return { url, message: `Open ${shortened(host)} in your browser?`, detail: [shown, ...warnings].join('\n\n') };
}

/** A site is told by the end of its name. */
function shortened(host: string): string {
  return host.length <= 80 ? host : `…${host.slice(-80)}`;
}
