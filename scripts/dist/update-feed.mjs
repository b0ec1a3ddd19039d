import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// npm run dist reads two variables: PYRAMID_UPDATE_URL, where the app asks for newer versions, and
// PYRAMID_UPDATE_KEY, the Ed25519 key (PKCS 8 in base64) that signs what it is answered.
const FEED_FILE = /^latest.*\.yml$/;

const readKey = (base64) => createPrivateKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'pkcs8' });

/** A new signing key, for whoever releases; and for tests. */
export function createUpdateKey() {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

/**
 * What goes into the app, as electron/main/updates/update-feed.ts reads it.
 * @param {string} url
 * @param {string} key
 */
export function feedDescription(url, key) {
  const publicKey = createPublicKey(readKey(key)).export({ format: 'der', type: 'spki' }).toString('base64');
  return JSON.stringify({ provider: 'generic', url, publicKey, updaterCacheDirName: 'pyramid-chat-updater' });
}

/**
 * @param {string} text of a feed file
 * @param {string} key
 */
export function signFeed(text, key) {
  return sign(null, Buffer.from(text), readKey(key)).toString('base64');
}

/**
 * Puts the feed's description where electron-builder.yml takes it from, or takes an earlier one away.
 * @param {string} root project folder
 * @returns {string[]} what electron-builder is told
 */
export function prepareFeed(root, { PYRAMID_UPDATE_URL: url, PYRAMID_UPDATE_KEY: key }) {
  const folder = join(root, '.cache/dist');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'update.json');
  rmSync(file, { force: true });
  if (!url || !key) return [];
  writeFileSync(file, feedDescription(url, key));
  return ['-c.publish.provider=generic', `-c.publish.url=${url}`];
}

/** Signs the feed files that electron-builder wrote. */
export function signFeeds(folder, { PYRAMID_UPDATE_KEY: key }) {
  if (!key) return;
  for (const name of readdirSync(folder).filter((each) => FEED_FILE.test(each)))
    writeFileSync(join(folder, `${name}.sig`), signFeed(readFileSync(join(folder, name), 'utf8'), key));
}
