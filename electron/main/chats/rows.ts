import type { z } from 'zod';
import {
  type ChatSummary,
  chatSummary,
  type DatedMessage,
  datedMessage,
  draft,
  type KeptMessage,
  keptMessage,
} from '../../ipc/chat-shapes.js';

/** A row as SQLite gives it: plain columns, JSON in some. */
export type Row = Readonly<Record<string, unknown>>;

export const SUMMARY_COLUMNS = 'id, title, updated_at, is_pinned, is_archived, leaf_id, compression, settings, model';
export const MESSAGE_COLUMNS = 'id, parent_id, role, created_at, text, pasted, details';

/** A row of a damaged file may hold anything: what is left of it is shown, and one that is nothing any more is left out. */
export function summariesOf(rows: readonly Row[]): ChatSummary[] {
  return rows.flatMap((row) => {
    const { id, title, updated_at: updatedAt } = row;
    const bare = {
      ...{ id, title, updatedAt, isPinned: false, isArchived: false, leafId: null, compression: null },
      ...{ settings: {}, model: null },
    };
    // What it sets is less than that it is there: a chat that is shown no branch of is in no list.
    const shown = {
      ...bare,
      isPinned: row.is_pinned === 1,
      isArchived: row.is_archived === 1,
      leafId: row.leaf_id,
    };
    const full = () => ({
      ...shown,
      compression: fromJson(row.compression) ?? null,
      settings: fromJson(row.settings) ?? {},
      model: fromJson(row.model) ?? null,
    });
    return firstValid(chatSummary, [full, () => shown, () => bare]);
  });
}

export function messagesOf(rows: readonly Row[]): KeptMessage[] {
  return rows.flatMap((row) => firstValid(keptMessage, [() => fieldsOf(row), () => bareFieldsOf(row)]));
}

export function datedMessagesOf(rows: readonly Row[]): DatedMessage[] {
  return rows.flatMap((row) => {
    const { created_at: createdAt } = row;
    return firstValid(datedMessage, [
      () => ({ ...fieldsOf(row), createdAt }),
      () => ({ ...bareFieldsOf(row), createdAt }),
    ]);
  });
}

function firstValid<T>(shape: z.ZodType<T>, candidates: readonly (() => unknown)[]): T[] {
  for (const candidate of candidates) {
    try {
      return [shape.parse(candidate())];
    } catch {
      // The next one asks for less.
    }
  }
  return [];
}

function fieldsOf(row: Row): object {
  const pasted = fromJson(row.pasted);
  return {
    id: row.id,
    parentId: row.parent_id,
    role: row.role,
    text: row.text,
    ...(pasted !== undefined && { pasted }),
    ...(fromJson(row.details) as object | undefined),
  };
}

function bareFieldsOf({ id, parent_id: parentId, role, text }: Row): object {
  const rest = role === 'user' ? { pasted: [] } : { state: { phase: 'unfinished' } };
  return { id, parentId, role, text, ...rest };
}

export function draftOfRow(row: Row | undefined): z.infer<typeof draft> {
  return firstValid(draft, [() => fromJson(row?.draft)])[0] ?? { text: '', pasted: [] };
}

function fromJson(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : undefined;
}

/** What a message is besides the columns it has of its own. */
export function toColumns(message: KeptMessage) {
  const { id, parentId, role, text, ...rest } = message;
  const { pasted, ...details } = 'pasted' in rest ? rest : { ...rest, pasted: undefined };
  return { id, parentId, role, text, pasted: pasted ? JSON.stringify(pasted) : null, details: JSON.stringify(details) };
}
