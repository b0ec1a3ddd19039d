// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { formatBytes } from './format.js';
import { Trans } from './words.js';

afterEach(cleanup);

const shown = (model: string) => {
  const values = { model, size: formatBytes(5e6) };
  return render(<Trans i18nKey="chat.empty.modelReady" values={values} components={{ b: <b />, n: <i /> }} />)
    .container;
};

it.each([
  'A <b>bold</b> <i>name</i>',
  '<script>alert(1)</script>',
  'Tom & Jerry &amp; “Co” <3',
  '</b> <n>7</n> <br/>',
  '$t(shell.done)',
])('a name with markup in it is shown as it is written: %s', (name) => {
  const words = shown(name);
  expect(words.querySelector('b')?.textContent).toBe(name);
  expect(words.querySelectorAll('b, i, script, br')).toHaveLength(2);
});

it('so is any name', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', '/', 'b', 'n', '&', ';', 'amp', 'lt', '"', '=', ' ', 'x') }),
      (name) => {
        const written = `x${name}x`;
        expect(shown(written).querySelector('b')?.textContent).toBe(written);
        cleanup();
      },
    ),
  );
});
