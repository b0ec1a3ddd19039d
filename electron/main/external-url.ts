import { EngineError } from '../../engine/errors.js';
import { t } from '../../locales/words.js';

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
  const shown =
    url.length <= LONGEST_SHOWN ? url : t('main.link.long', { start: url.slice(0, LONGEST_SHOWN), length: url.length });
  if (protocol === 'mailto:') {
    const address = shortened(pathname);
    return { url, message: address ? t('main.link.askMail', { address }) : t('main.link.askMailBare'), detail: shown };
  }
  const warnings = [
    username && t('main.link.signIn'),
    host.includes('xn--') && t('main.link.otherScripts'),
    protocol === 'http:' && t('main.link.notEncrypted'),
  ].filter(Boolean);
  return { url, message: t('main.link.askSite', { site: shortened(host) }), detail: [shown, ...warnings].join('\n\n') };
}

/** A site is told by the end of its name. */
function shortened(host: string): string {
  return host.length <= 80 ? host : `…${host.slice(-80)}`;
}
