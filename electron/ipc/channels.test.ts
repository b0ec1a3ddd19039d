import { expect, it } from 'vitest';
import { callNamesArgument, readCallNames } from './channels.js';
import { contract } from './contract.js';

it('tells the preload script every call of the contract, whatever stands around the argument', () => {
  const names = Object.keys(contract);
  expect(readCallNames(['electron', '--type=renderer', callNamesArgument(names), '--lang=de'])).toEqual(names);
});

it('offers no call where main told of none', () => {
  expect(readCallNames(['electron', '--type=renderer'])).toEqual([]);
});
