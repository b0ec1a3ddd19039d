import { t } from '../../../locales/words.js';
import type { DatedMessage } from '../../ipc/chat-shapes.js';
import type { FileChat } from './chat-file.js';

/** The branch of a chat that is shown, to be read. */
export function toMarkdown({ title, updatedAt, leafId, settings, messages }: FileChat): string {
  const heading = `# ${title.replace(/\s+/g, ' ').trim() || t('main.chats.untitled')}`;
  const date = new Date(updatedAt).toISOString().slice(0, 10);
  const shown = branchOf(messages, leafId).map(messageText);
  return `${[heading, date, ...systemPromptText(settings.systemPrompt), ...shown].join('\n\n')}\n`;
}

/** Quoted: what it holds of headings and lists is not the chat's. */
function systemPromptText(prompt = ''): string[] {
  if (prompt.trim() === '') return [];
  const lines = [`**${t('assistants.system.label')}**`, '', ...prompt.trim().split(/\r\n|\r|\n/)];
  return [lines.map((line) => `> ${line}`.trimEnd()).join('\n')];
}

function branchOf(messages: readonly DatedMessage[], leafId: string | null): DatedMessage[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: DatedMessage[] = [];
  let at = leafId === null ? undefined : byId.get(leafId);
  while (at) {
    branch.push(at);
    byId.delete(at.id);
    at = at.parentId === null ? undefined : byId.get(at.parentId);
  }
  return branch.reverse();
}

function messageText(message: DatedMessage): string {
  if (message.role === 'assistant') return `## ${message.model ?? t('main.chats.answer')}\n\n${message.text.trim()}`;
  const pieces = message.pasted.map(fenced);
  return [`## ${t('main.chats.you')}`, message.text.trim(), ...pieces].filter((part) => part !== '').join('\n\n');
}

/** A pasted text stays as it is, whatever is in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
