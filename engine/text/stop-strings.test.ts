import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StopStrings } from './stop-strings.js';

function run(stops: readonly string[], pieces: readonly string[]): { shown: string[]; matched: string | null } {
  const watcher = new StopStrings(stops);
  const shown: string[] = [];
  for (const piece of pieces) {
    const { text, matched } = watcher.push(piece);
    shown.push(text);
    if (matched !== null) return { shown, matched };
  }
  return { shown: [...shown, watcher.flush()], matched: null };
}

/** Where the first stop string is complete, found by looking at every beginning of the text. */
function expected(stops: readonly string[], text: string): { text: string; matched: string | null } {
  for (let end = 1; end <= text.length; end++) {
    const complete = stops.filter((stop) => text.slice(0, end).endsWith(stop)).sort((a, b) => b.length - a.length);
    if (complete.length > 0) return { text: text.slice(0, end - complete[0].length), matched: complete[0] };
  }
  return { text, matched: null };
}

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 30 });
const stopStrings = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), minLength: 1, maxLength: 5 }), {
  maxLength: 4,
});

test('ends before the stop string that is complete first, however the text is cut', () => {
  fc.assert(
    fc.property(stopStrings, fc.array(letters, { maxLength: 12 }), (stops, pieces) => {
      const { shown, matched } = run(stops, pieces);
      expect({ text: shown.join(''), matched }).toEqual(expected(stops, pieces.join('')));
    }),
    { numRuns: 1000 },
  );
});

test('holds back no more than what may begin a stop string', () => {
  fc.assert(
    fc.property(stopStrings, letters, (stops, text) => {
      const { text: shown, matched } = new StopStrings(stops).push(text);
      if (matched !== null) return;
      const held = text.slice(shown.length);
      expect(held === '' || stops.some((stop) => stop.length > held.length && stop.startsWith(held))).toBe(true);
    }),
  );
});

test('shows text at once when nothing may begin a stop string', () => {
  expect(run(['\nUser:'], ['one', ' two\n', 'Us', 'e it', '\nUser:', ' no']).shown).toEqual([
    'one',
    ' two',
    '',
    '\nUse it',
    '',
  ]);
});

test.each([[['']], [['x'.repeat(1001)]], [Array.from({ length: 17 }, () => 'x')]])('refuses %j', (stops) => {
  expect(() => new StopStrings(stops)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test("the prompt format's own stop strings end the text too, and do not count as the user's", () => {
  const requested = Array.from({ length: 16 }, (_, i) => `stop${i}`);
  const watcher = new StopStrings(requested, ['\nUser:']);
  expect(watcher.push('Hello.\nUser: and')).toEqual({ text: 'Hello.', matched: '\nUser:' });
});
