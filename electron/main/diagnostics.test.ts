import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosticsText, withoutOwner } from './diagnostics.js';

const ada = { home: '/home/ada', user: 'ada', host: 'difference' };
const onWindows = { home: String.raw`C:\Users\Ada King`, user: 'Ada King', host: 'ENGINE-1' };

describe('what is told of the user', () => {
  it('is not where the home folder is', () => {
    expect(withoutOwner('/home/ada/models/a.gguf is missing', ada)).toBe('~/models/a.gguf is missing');
    expect(withoutOwner('file:///home/ada/x', ada)).toBe('file://~/x');
    expect(withoutOwner(String.raw`C:\Users\Ada King\a.gguf`, onWindows)).toBe(String.raw`~\a.gguf`);
    expect(withoutOwner(String.raw`"C:\\Users\\Ada King\\a"`, onWindows)).toBe(String.raw`"~\\a"`);
    expect(withoutOwner('c:/users/ada king/a', onWindows)).toBe('~/a');
  });

  it('is no name of the user, the computer, or of others who have a home here', () => {
    expect(withoutOwner('Started by ada on difference.', ada)).toBe('Started by <user> on <computer>.');
    expect(withoutOwner('/home/charles/x and /Users/mary/y', ada)).toBe('/home/<user>/x and /Users/<user>/y');
    expect(withoutOwner(String.raw`D:\Users\mary\y`, ada)).toBe(String.raw`D:\Users\<user>\y`);
  });

  it('leaves words alone that only contain the name', () => {
    expect(withoutOwner('adapted, a dataset of adapters', ada)).toBe('adapted, a dataset of adapters');
    expect(withoutOwner('/home/adapter/x', { ...ada, home: '/home/ada' })).toBe('/home/<user>/x');
    expect(withoutOwner('a b', { home: '/root', user: 'a', host: 'b' })).toBe('a b');
  });

  it('whatever the name is: it is gone', () => {
    const name = fc.string({ minLength: 3, maxLength: 12, unit: fc.constantFrom(...'abz019._-$+(') });
    fc.assert(
      fc.property(name, (user) => {
        const owner = { home: `/srv/people/${user}`, user, host: 'unrelated host' };
        expect(withoutOwner(`open /srv/people/${user}/x.gguf`, owner)).toBe('open ~/x.gguf');
        expect(withoutOwner(`hello ${user}!`, owner)).toBe('hello <user>!');
      }),
    );
  });
});

describe('diagnostics', () => {
  it('are facts and the newest lines of the log', () => {
    const log = Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n');
    const text = diagnosticsText({ facts: [['Version', '1']], log: `${log}\n` }, ada);
    expect(text).toMatch(/^Version: 1\n/);
    expect(text).toContain('line 99');
    expect(text).toContain('line 40\n');
    expect(text).not.toContain('line 39\n');
  });
});
