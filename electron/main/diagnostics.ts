import { homedir, hostname, userInfo } from 'node:os';

/** Of the log, the newest lines. */
const LOG_LINES = 60;

interface Facts {
  /** Name and value, one a line. */
  facts: readonly (readonly [name: string, value: string])[];
  log: string;
}

/** Whose names must not leave the computer with a report. */
export interface Owner {
  home: string;
  user: string;
  host: string;
}

export function thisOwner(): Owner {
  return { home: homedir(), user: userInfo().username, host: hostname() };
}

/** What helps to find a fault, as a text that can be shown to anybody. */
export function diagnosticsText({ facts, log }: Facts, owner: Owner): string {
  const lines = facts.map(([name, value]) => `${name}: ${value}`);
  const newest = log.trimEnd().split('\n').slice(-LOG_LINES);
  return withoutOwner([...lines, '', `Last lines of the log:`, ...newest, ''].join('\n'), owner);
}

/** Names shorter than this are words of many other things. */
const SHORTEST_NAME = 3;

/**
 * The text without where its user lives: home folders become ~ (however their separators are written), other names of
 * the user and of the computer are taken out.
 */
export function withoutOwner(text: string, { home, user, host }: Owner): string {
  const separator = String.raw`(?:\\\\|\\|/|%2F|%5C)`;
  const homeParts = home.split(/[\\/]/).filter(Boolean);
  // Where a home is the root of the disk, or one folder under it, as root's, its name alone says nothing.
  const ownHome = homeParts.map(literal).join(separator);
  let clean = text;
  if (homeParts.length > 1) clean = clean.replace(new RegExp(`(?:${separator})?${ownHome}(?![\\w.-])`, 'gi'), '~');
  const others = new RegExp(`((?:[A-Z]:)?${separator}(?:Users|home)${separator})[^\\s\\\\/:"'<>|%]+`, 'gi');
  clean = clean.replace(others, '$1<user>');
  for (const [name, stand] of [
    [user, '<user>'],
    [host, '<computer>'],
  ]) {
    if (name.length < SHORTEST_NAME) continue;
    clean = clean.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${literal(name)}(?![\\p{L}\\p{N}_])`, 'giu'), stand);
  }
  return clean;
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
