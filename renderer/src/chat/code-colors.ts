import { createCodePlugin, type ThemeInput } from '@streamdown/code';

const rule = (scope: string[], foreground: string) => ({ scope, settings: { foreground } });

/** Code in the design's own colours: they are custom properties, so one theme serves light and dark. */
const THEME: ThemeInput = {
  name: 'pyramid',
  type: 'light',
  fg: 'var(--text)',
  bg: 'var(--bg-code)',
  settings: [
    { settings: { foreground: 'var(--text)', background: 'var(--bg-code)' } },
    rule(['comment', 'punctuation.definition.comment'], 'var(--text-3)'),
    rule(['string', 'punctuation.definition.string', 'markup.inline.raw', 'markup.inserted'], 'var(--code-str)'),
    rule(['constant.numeric', 'constant.language', 'constant.character'], 'var(--code-num)'),
    rule(
      [
        'keyword',
        'keyword.operator.word',
        'storage',
        'storage.type',
        'storage.modifier',
        'entity.name.tag',
        'variable.language',
      ],
      'var(--code-kw)',
    ),
    rule(['keyword.operator', 'storage.type.function.arrow'], 'var(--text)'),
    rule(
      [
        'entity.name.function',
        'support.function',
        'entity.other.attribute-name',
        'entity.name.section',
        'support.type.property-name',
      ],
      'var(--code-fn)',
    ),
    rule(['entity.name.type', 'entity.name.class', 'support.class', 'support.type'], 'var(--code-fn)'),
    rule(['markup.deleted', 'invalid'], 'var(--danger)'),
  ],
};

const plugin = createCodePlugin({ themes: [THEME, THEME] });

/** A piece of code in one colour, a CSS value. */
export interface CodeToken {
  content: string;
  color?: string;
}

/** Longer code stays plain: colouring it would hold the window up. */
const LONGEST = 60_000;

/**
 * The lines of a piece of code as coloured tokens, or null while its grammar is being loaded (then `onReady` is called)
 * and for languages that are not known. `isIncomplete`: more of it is coming.
 */
export function colorCode(
  code: string,
  language: string,
  isIncomplete: boolean,
  onReady: (lines: CodeToken[][]) => void,
): CodeToken[][] | null {
  const known = plugin.getSupportedLanguages().find((name) => name === language.toLowerCase());
  const lower = known ?? aliasOf(language);
  if (!lower || code.length > LONGEST) return null;
  const result = plugin.highlight({ code, language: lower, themes: plugin.getThemes(), isIncomplete }, (late) =>
    onReady(toLines(late.tokens)),
  );
  return result && toLines(result.tokens);
}

type Known = ReturnType<typeof plugin.getSupportedLanguages>[number];

function aliasOf(language: string): Known | null {
  const name = language.toLowerCase() as Known;
  return plugin.supportsLanguage(name) ? name : null;
}

interface ShikiToken {
  content: string;
  color?: string;
  htmlStyle?: string | Record<string, string>;
}

/** Lines that stay while code grows stay the same objects, so that they are not shown anew. */
const known = new WeakMap<readonly ShikiToken[], CodeToken[]>();

function toLines(tokens: readonly (readonly ShikiToken[])[]): CodeToken[][] {
  return tokens.map((line) => {
    const before = known.get(line);
    if (before) return before;
    const shown = line.map(({ content, color, htmlStyle }) => ({
      content,
      color: color ?? (typeof htmlStyle === 'object' ? htmlStyle.color : undefined),
    }));
    known.set(line, shown);
    return shown;
  });
}
