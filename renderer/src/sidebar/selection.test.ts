import { expect, it } from 'vitest';
import { NONE, ranged, toggled } from './selection.js';

const order = ['a', 'b', 'c', 'd'];

it('begins with the chat at hand, and gives back what is chosen twice', () => {
  const two = toggled(NONE, 'c', 'a');
  expect([...two.ids]).toEqual(['a', 'c']);
  expect([...toggled(two, 'a', 'a').ids]).toEqual(['c']);
  expect([...toggled(NONE, 'a', 'a').ids]).toEqual(['a']);
});

it('takes all between, up or down, from where it began', () => {
  const down = ranged(toggled(NONE, 'b', null), 'd', order, null);
  expect([...down.ids]).toEqual(['b', 'c', 'd']);
  expect([...ranged(down, 'a', order, null).ids]).toEqual(['a', 'b']);
  expect([...ranged(NONE, 'c', order, 'a').ids]).toEqual(['a', 'b', 'c']);
  expect([...ranged(NONE, 'c', order, 'archived').ids]).toEqual(['c']);
});
