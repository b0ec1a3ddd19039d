/**
 * By message of a chat: the one that it follows; null: it begins the chat. Messages that follow the same one are versions
 * of each other. In the order in which they were made.
 */
export type Tree = Readonly<Record<string, string | null>>;

type Children = ReadonlyMap<string | null, readonly string[]>;

const known = new WeakMap<Tree, Children>();

/** Each tree is sorted once, however often it is asked. */
function childrenIn(tree: Tree): Children {
  const before = known.get(tree);
  if (before) return before;
  const children = new Map<string | null, string[]>();
  for (const [id, parentId] of Object.entries(tree)) {
    const siblings = children.get(parentId);
    if (siblings) siblings.push(id);
    else children.set(parentId, [id]);
  }
  known.set(tree, children);
  return children;
}

/** A message whose parent is not there begins a chat: what a damaged file lost must not hide the rest. */
export function treeOf(messages: readonly { id: string; parentId: string | null }[]): Tree {
  const ids = new Set(messages.map(({ id }) => id));
  const tree: Record<string, string | null> = {};
  for (const { id, parentId } of messages) tree[id] = parentId !== null && ids.has(parentId) ? parentId : null;
  // Links in a ring would never come to an end.
  for (const { id } of messages) if (!endsAtRoot(tree, id)) tree[id] = null;
  return tree;
}

function endsAtRoot(tree: Tree, id: string): boolean {
  const seen = new Set<string>();
  for (let at: string | null = id; at !== null; at = tree[at] ?? null) {
    if (seen.has(at)) return false;
    seen.add(at);
  }
  return true;
}

/** From the first message to this one. */
export function pathTo(tree: Tree, id: string): string[] {
  const path: string[] = [];
  for (let at: string | null = id; at !== null; at = tree[at] ?? null) path.push(at);
  return path.reverse();
}

/** The message with those that could stand in its place, oldest first. */
export function versionsOf(tree: Tree, id: string): readonly string[] {
  const parentId = tree[id];
  return parentId === undefined ? [id] : (childrenIn(tree).get(parentId) ?? [id]);
}

/** Where the newest branch through a message ends. */
export function newestLeaf(tree: Tree, id: string): string {
  let leaf = id;
  for (;;) {
    const next = childrenIn(tree).get(leaf)?.at(-1);
    if (next === undefined) return leaf;
    leaf = next;
  }
}

/** The message and all that follow it, on every branch. */
export function branchesFrom(tree: Tree, id: string): string[] {
  const found = [id];
  for (let at = 0; at < found.length; at++) found.push(...(childrenIn(tree).get(found[at]) ?? []));
  return found;
}

export function without(tree: Tree, ids: readonly string[]): Tree {
  const gone = new Set(ids);
  return Object.fromEntries(Object.entries(tree).filter(([id]) => !gone.has(id)));
}
