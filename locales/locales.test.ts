import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import de from './de/index.js';
import en from './en/index.js';
import { LANGUAGES, languageFor } from './languages.js';
import { currentLanguage, setLanguage, t } from './words.js';

interface Tree {
  [key: string]: string | Tree;
}
const TRANSLATIONS: Readonly<Record<string, Tree>> = { en, de };
const FOLDER = import.meta.dirname;
const SOURCES = ['electron', 'renderer'];

function texts(tree: Tree, prefix = ''): [key: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : texts(value, `${prefix}${key}.`),
  );
}

/** What a text is given, and the parts of it that are not text. */
function slots(text: string): string[] {
  const found = [...text.matchAll(/\{\{\s*(\w+)[^}]*\}\}|<\/?(\w+)\s*\/?>/g)];
  return [...new Set(found.map(([slot]) => slot.replaceAll(' ', '')))].sort();
}

describe.each(LANGUAGES.filter((language) => language !== 'en'))('the words in %s', (language) => {
  const english = new Map(texts(en));
  const own = new Map(texts(TRANSLATIONS[language]));

  it('are as many as the English ones, by the same keys', () => {
    expect([...own.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('say the same figures and names, with the same parts marked', () => {
    for (const [key, text] of own) {
      // What an error says of itself is English: other languages have sentences of their own (errors.test.ts).
      if (english.get(key) === '{{message}}') expect(key).toMatch(/^errors\.[A-Z_]+\.text$/);
      else expect([key, slots(text)]).toEqual([key, slots(english.get(key) ?? '')]);
    }
  });

  it('are not empty', () => {
    for (const [key, text] of own) expect([key, text.trim()]).not.toEqual([key, '']);
  });
});

describe('the words', () => {
  it.each(LANGUAGES)('of every file of %s are in its index', (language) => {
    const files = readdirSync(join(FOLDER, language)).filter((file) => file.endsWith('.json'));
    expect(Object.keys(TRANSLATIONS[language])).toEqual(files.map((file) => file.replace('.json', '')).sort());
  });

  it('are all used', () => {
    const code = SOURCES.flatMap((folder) =>
      readdirSync(join(FOLDER, '..', folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
        .map((file) => readFileSync(join(FOLDER, '..', folder, file), 'utf8')),
    ).join('\n');
    const literals = new Set([...code.matchAll(/['"`](\w+(?:\.\w+)+)['"`]/g)].map(([, key]) => key));
    const patterns = [...code.matchAll(/`((?:\w+\.)+[^`]*\$\{[^`]*)`/g)].map(
      ([, template]) => new RegExp(`^${template.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '.+')}$`),
    );
    const isUsed = (key: string) => literals.has(key) || patterns.some((pattern) => pattern.test(key));
    const keys = texts(en).map(([key]) => key.replace(/_(zero|one|two|few|many|other)$/, ''));
    expect(keys.filter((key) => !isUsed(key))).toEqual([]);
  });

  it('change with the language, plurals by its rules', () => {
    expect(t('figures.tokens', { count: 1, written: '1' })).toBe('1 token');
    setLanguage('de');
    expect(currentLanguage()).toBe('de');
    expect(t('figures.tokens', { count: 2, written: '2' })).toBe('2 Tokens');
    setLanguage('en');
  });
});

describe('the language', () => {
  it.each([
    ['system', 'de-AT', 'de'],
    ['system', 'DE', 'de'],
    ['system', 'den', 'en'],
    ['system', 'fr-FR', 'en'],
    ['en', 'de-DE', 'en'],
    ['de', 'en-US', 'de'],
  ] as const)('for the choice %s on a computer in %s is %s', (choice, locale, language) => {
    expect(languageFor(choice, locale)).toBe(language);
  });
});

describe('the installed app', () => {
  // Chromium names no language as the system's whose file it does not have.
  it.each(LANGUAGES)('can be told that the system speaks %s', (language) => {
    const builder = readFileSync(join(FOLDER, '../electron-builder.yml'), 'utf8');
    const shipped = /^electronLanguages: \[(.*)\]$/m.exec(builder)?.[1].split(', ') ?? [];
    expect(shipped.map((locale) => locale.split('-')[0])).toContain(language);
  });
});
