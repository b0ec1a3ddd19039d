import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const RENDERER = join(import.meta.dirname, '..', 'renderer', 'src');
/** Attributes and fields whose text people see or hear. */
const SHOWN = new Set([
  ...['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'alt', 'title', 'placeholder'],
  ...['label', 'about', 'text', 'words', 'face', 'message', 'reason', 'hint'],
]);
/** A phrase, wherever it stands: a capital, then words. */
const PHRASE = /^[A-Z][a-z’]+(?: [\p{L}\d’“”,]+)+[.…:?!]?$/u;
const HAS_WORDS = /\p{L}{2}/u;
/** The same in every language. */
const NAMES = new Set(['Pyramid Chat', 'Electron']);

/** What the examples ask is for the model, whose language is English. */
const NOT_SHOWN = /\.test\.|\.d\.ts$|^fixtures\/|^chat\/examples\.ts$/;

const sources = readdirSync(RENDERER, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.tsx?$/.test(file) && !NOT_SHOWN.test(file));

/** Texts that an expression can come to as it stands: `a ? 'x' : 'y'` has two, `t('x')` has none. */
function textsOf(expression: ts.Expression | undefined): string[] {
  if (!expression) return [];
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isTemplateExpression(expression)) {
    const parts = expression.templateSpans.map(({ literal }) => literal.text);
    const inner = expression.templateSpans.flatMap((span) => textsOf(span.expression));
    return [expression.head.text, ...parts, ...inner];
  }
  if (ts.isConditionalExpression(expression)) {
    return [...textsOf(expression.whenTrue), ...textsOf(expression.whenFalse)];
  }
  if (ts.isBinaryExpression(expression)) return [...textsOf(expression.left), ...textsOf(expression.right)];
  if (ts.isParenthesizedExpression(expression)) return textsOf(expression.expression);
  return ts.isJsxExpression(expression) ? textsOf(expression.expression) : [];
}

function shownTexts(node: ts.Node, source: ts.SourceFile): string[] {
  if ((ts.isJsxAttribute(node) || ts.isPropertyAssignment(node)) && SHOWN.has(node.name.getText(source))) {
    return textsOf(node.initializer as ts.Expression);
  }
  if (ts.isStringLiteralLike(node) && PHRASE.test(node.text)) return [node.text];
  return [];
}

/** Its code is worded; its message is for whoever looks for the cause. */
function isError(node: ts.Node): boolean {
  if (!ts.isObjectLiteralExpression(node)) return false;
  const names = node.properties.map(({ name }) => (name && ts.isIdentifier(name) ? name.text : ''));
  return names.includes('code') && names.includes('message');
}

/** Texts in a source that should have been keys. */
function literalsIn(file: string, code: string): string[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, false, ts.ScriptKind.TSX);
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isThrowStatement(node) || isError(node)) return;
    for (const text of shownTexts(node, source)) if (HAS_WORDS.test(text) && !NAMES.has(text)) found.add(text);
    node.forEachChild(visit);
  };
  visit(source);
  return [...found];
}

it.each([
  ['<i aria-label="Close" className="note bad" />', ['Close']],
  [`<i title={open ? 'Hide' : \`Show \${name}\`} />`, ['Hide', 'Show ']],
  ["const PAGES = [{ id: 'first', label: 'First' }];", ['First']],
  ["return bytes > 0 ? 'Nothing is lost.' : 'none';", ['Nothing is lost.']],
  [`<i aria-label={t('shell.close')} title={\`\${t('a.b')}: \${name}\`} />`, []],
  ["throw new Error('Nobody sees this.');", []],
  ["return { code: 'INTERNAL', message: 'Nobody sees this.' };", []],
])('a text outside of the languages is found: %s', (code, texts) => {
  expect(literalsIn('a.tsx', code)).toEqual(texts);
});

it('what the window shows comes from the languages', () => {
  const found = sources.map((file) => [file, literalsIn(file, readFileSync(join(RENDERER, file), 'utf8'))] as const);
  expect(found.filter(([, texts]) => texts.length > 0)).toEqual([]);
});
