import type { AppUpdater, UpdateInfo } from 'electron-updater';
import { GenericProvider } from 'electron-updater/out/providers/GenericProvider.js';
import { type ProviderRuntimeOptions, parseUpdateInfo } from 'electron-updater/out/providers/Provider.js';
import { newUrlFromBase } from 'electron-updater/out/util.js';
import { isSigned, SIGNATURE_ENDING } from './feed-signature.js';
import { updateFeed } from './update-feed.js';

/**
 * A feed in which every file's SHA-512 stands, and whose own words are signed: so a broken, cut short or foreign file is
 * refused, on all platforms alike, whoever serves it.
 */
export class SignedProvider extends GenericProvider {
  readonly #url: URL;
  readonly #publicKey: string;

  /** `options`: an UpdateFeed, as electron-updater passes it on. */
  constructor(options: unknown, updater: AppUpdater, runtime: ProviderRuntimeOptions) {
    const { url, publicKey } = updateFeed.omit({ provider: true }).parse(options);
    super({ provider: 'generic', url }, updater, runtime);
    this.#url = new URL(url.replace(/\/*$/, '/'));
    this.#publicKey = publicKey;
  }

  override async getLatestVersion(): Promise<UpdateInfo> {
    const name = `${this.getDefaultChannelName()}.yml`;
    const url = newUrlFromBase(name, this.#url);
    const feed = await this.httpRequest(url);
    const signature = await this.httpRequest(newUrlFromBase(name + SIGNATURE_ENDING, this.#url));
    if (!feed || !signature || !isSigned(feed, signature, this.#publicKey))
      throw new Error(`${url} is not signed by who builds Pyramid Chat`);
    return parseUpdateInfo(feed, name, url);
  }
}
