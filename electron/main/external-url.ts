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
