const OPENED = /^(https?|mailto):/i;

/** Where a link leads. */
export interface LinkAddress {
  /** In its normal form: letters that only look like others are told apart. */
  href: string;
  /** What is written beside words that look like another address; null: they do not. */
  told: string | null;
}

/** Null: it is not opened, as it is of another kind than the web and mail, or not complete. */
export function linkAddress(address: string, words: string): LinkAddress | null {
  if (!OPENED.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  return { href: url.href, told: misleads(words, url) ? placeOf(url) : null };
}

/** A site, or whom a mail goes to. */
function placeOf({ protocol, host, pathname }: URL): string {
  return protocol === 'mailto:' ? pathname : host;
}

const LIKE_ADDRESS = /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:[^\s/@]+@)?((?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,})(?=[:/?#]|$)/iu;

/** Words that read like the address of one site lead to another. */
function misleads(words: string, url: URL): boolean {
  const said = LIKE_ADDRESS.exec(words.trim())?.[1];
  if (said === undefined) return false;
  const site = placeOf(url).toLowerCase();
  const host = URL.canParse(`https://${said}`) ? new URL(`https://${said}`).host : said.toLowerCase();
  return url.username !== '' || ![host, `www.${host}`].some((name) => site === name || site.endsWith(`@${name}`));
}
