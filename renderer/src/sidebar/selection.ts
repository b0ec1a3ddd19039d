/** Which chats are chosen, to do something with all of them at once. */
export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range begins. */
  anchor: string | null;
}

export const NONE: Selection = { ids: new Set(), anchor: null };

/** Adds one, or takes it out. `current`: the chat at hand is the first that is meant. */
export function toggled({ ids }: Selection, id: string, current: string | null): Selection {
  const next = new Set(ids.size === 0 && current !== null && current !== id ? [current] : ids);
  if (next.has(id)) next.delete(id);
  else next.add(id);
  return { ids: next, anchor: id };
}

/** All from the anchor to here, in the order in which they are shown. */
export function ranged({ anchor }: Selection, id: string, order: readonly string[], current: string | null): Selection {
  const from =
    anchor !== null && order.includes(anchor) ? anchor : current !== null && order.includes(current) ? current : id;
  const [first, last] = [order.indexOf(from), order.indexOf(id)].toSorted((a, b) => a - b);
  return { ids: new Set(order.slice(first, last + 1)), anchor: from };
}
