import { createPublicKey, verify } from 'node:crypto';

/** Of the feed file: `latest-linux.yml` → `latest-linux.yml.sig`, in base64. */
export const SIGNATURE_ENDING = '.sig';

/** Whether a feed's words come from who builds the app. `publicKey`: Ed25519, SPKI in base64. */
export function isSigned(feed: string, signature: string, publicKey: string): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(feed), key, Buffer.from(signature.trim(), 'base64'));
}
