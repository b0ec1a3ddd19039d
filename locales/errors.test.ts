import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ENGINE_ERROR_CODES, type EngineErrorCode } from '../engine/errors.js';
import de from './de/index.js';
import en from './en/index.js';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = ['engine', 'electron', 'renderer'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
    .map((file) => join(ROOT, folder, file)),
);

/** A place where an error is made, and the names of what its details hold. */
interface Place {
  at: string;
  code: string;
  details: readonly string[];
}

/** `new EngineError('CODE', message, { details })`, or an object `{ code: 'CODE', message, details: { … } }`. */
function placesIn(file: string): Place[] {
  const text = readFileSync(file, 'utf8');
  if (!/new EngineError|code: '[A-Z]/.test(text)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const places: Place[] = [];
  const add = (code: ts.Node | undefined, details: ts.Node | undefined) => {
    if (!code || !ts.isStringLiteral(code)) return;
    const { line } = source.getLineAndCharacterOfPosition(code.getStart());
    places.push({ at: `${file}:${line + 1}`, code: code.text, details: namesIn(details) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'EngineError') {
      add(node.arguments?.[0], node.arguments?.[2]);
    }
    if (ts.isObjectLiteralExpression(node) && namesIn(node).includes('message')) {
      add(valueIn(node, 'code'), valueIn(node, 'details'));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return places;
}

function namesIn(node: ts.Node | undefined): string[] {
  if (!node || !ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []));
}

function valueIn(node: ts.ObjectLiteralExpression, name: string): ts.Node | undefined {
  const found = node.properties.find((property) => property.name?.getText() === name);
  return found && ts.isPropertyAssignment(found) ? found.initializer : undefined;
}

const slotsOf = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, slot]) => slot);
const places = SOURCES.flatMap(placesIn);
const told = (code: EngineErrorCode) => places.filter((place) => place.code === code);

describe('the words of errors', () => {
  it.each(ENGINE_ERROR_CODES)(
    'of %s are the engine’s own in English, and in German say only what is always told',
    (code) => {
      expect(en.errors[code].text).toBe('{{message}}');
      const slots = slotsOf(de.errors[code].text);
      expect(told(code).length).toBeGreaterThan(0);
      for (const { at, details } of slots.length > 0 ? told(code) : []) {
        expect([at, slots.filter((slot) => !details.includes(slot))]).toEqual([at, []]);
      }
    },
  );
});
