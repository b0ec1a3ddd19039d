import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallName, contract } from '../ipc/contract.js';
import { answerCall, type Handlers } from './validated-ipc.js';

/** Anything that can be written down; what gets to main went through a structured clone. */
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withSparseArray: true,
});

/** Keys that the contract knows, so that what is made gets past the first check. */
const KEYS = [
  ...['requestId', 'messages', 'role', 'content', 'pinned', 'from', 'to', 'sampling', 'temperature', 'topK', 'seed'],
  ...[
    'maxTokens',
    'stop',
    'compression',
    'preset',
    'budgetBytes',
    'replyTokens',
    'path',
    'kind',
    'name',
    'url',
    'theme',
  ],
  ...['precision', '__proto__', 'constructor'],
];
const VALUES = fc.oneof(
  anything,
  fc.constantFrom('user', 'assistant', 'system', 'compact', 'file', 'folder', 'json', 'light', 'float32', '', 'x'),
  fc.integer(),
  fc.double(),
);
const nearly: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  object: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 6 }),
  value: fc.oneof({ maxDepth: 4 }, VALUES, tie('object'), fc.array(tie('value'), { maxLength: 4 })),
})).object;

const args = fc.array(fc.oneof(anything, nearly), { maxLength: 2 }).map((given) => structuredClone(given));

describe.each(Object.keys(contract) as CallName[])('the call %s', (name) => {
  it('gets nothing but what its schema allows; all else is refused by its code, and nothing is thrown', async () => {
    await fc.assert(
      fc.asyncProperty(args, async (given) => {
        const got: unknown[] = [];
        const handler = ((input: unknown) => void got.push(input)) as unknown as Handlers<null>[typeof name];
        const result = await answerCall(name, handler, given, null);
        if (got.length === 0) {
          expect(result).toMatchObject({ ok: false, error: { code: 'REQUEST_INVALID' } });
        } else {
          expect(contract[name].input.safeParse(got[0])).toEqual({ success: true, data: got[0] });
        }
        expect(Object.prototype).not.toHaveProperty('content');
      }),
      { numRuns: 300 },
    );
  });
});
