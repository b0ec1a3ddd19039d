import fc from 'fast-check';
import { expect, it } from 'vitest';
import { branchesFrom, newestLeaf, pathTo, treeOf, versionsOf, without } from './chat-tree.js';

const tree = treeOf([
  { id: 'q1', parentId: null },
  { id: 'a1', parentId: 'q1' },
  { id: 'q2', parentId: 'a1' },
  { id: 'a2', parentId: 'q1' },
  { id: 'q1b', parentId: null },
]);

it('finds versions, branches and ends', () => {
  expect(pathTo(tree, 'q2')).toEqual(['q1', 'a1', 'q2']);
  expect(versionsOf(tree, 'a2')).toEqual(['a1', 'a2']);
  expect(versionsOf(tree, 'q1')).toEqual(['q1', 'q1b']);
  expect(versionsOf(tree, 'unknown')).toEqual(['unknown']);
  expect(newestLeaf(tree, 'q1')).toBe('a2');
  expect(newestLeaf(tree, 'a1')).toBe('q2');
  expect(branchesFrom(tree, 'q1')).toEqual(['q1', 'a1', 'a2', 'q2']);
  expect(without(tree, ['a1', 'q2'])).toEqual({ q1: null, a2: 'q1', q1b: null });
});

it('makes a tree of any links, with every message in it', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const links = fc.array(fc.constantFrom(...ids, 'missing', null), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(links, (parents) => {
      const made = treeOf(ids.map((id, n) => ({ id, parentId: parents[n] })));
      expect(Object.keys(made).sort()).toEqual(ids);
      for (const id of ids) {
        const path = pathTo(made, id);
        expect(path.at(-1)).toBe(id);
        expect(made[path[0]]).toBeNull();
        expect(branchesFrom(made, path[0])).toContain(id);
        expect(versionsOf(made, id)).toContain(id);
        expect(pathTo(made, newestLeaf(made, id))).toContain(id);
      }
    }),
  );
});
