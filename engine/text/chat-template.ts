import { Template } from '@huggingface/jinja';
import { EngineError } from '../errors.js';
import type { ChatMessage } from '../types.js';
import type { GuardedText, Tokenizer } from './tokenizer.js';
import type { TokenizerFiles } from './tokenizer-files.js';

/** A rendered conversation. */
export interface ChatPrompt extends GuardedText {
  /** The text does not bring its own bos token: `encode` is to add it. */
  addBos: boolean;
}

/** `answering`: up to where the assistant's answer begins. */
type RenderMessages = (messages: readonly ChatMessage[], answering: boolean) => string;

const CHAT_ML =
  "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
/** Whatever a template does to the words it is given, such as to trim or to shout them, it leaves this as it is. */
const PROBE = 'X7Q41';
const ROLE_NAMES = { system: 'System', user: 'User', assistant: 'Assistant' } as const;

/**
 * Conversation to prompt, by the Jinja template of the model file. It begins with the bos token once if the model's
 * tokenizer puts one before texts, as in llama.cpp, whether or not the template has it.
 *
 * A model without a template gets ChatML if it has ChatML's tokens, else lines of `User: …` and `Assistant: …`, for
 * which `stopStrings` keeps the model from going on with the user's part.
 *
 * What is in messages cannot become a control token: before rendering, a guard (noncharacters that no message
 * contains) is put into whatever would be recognised as one, and `Tokenizer.encode` takes it out again. So templates
 * see messages as they are, may trim or branch on them, and only a template that itself looks for control tokens
 * in a message would not find them.
 *
 * A template that refuses system messages, or leaves them out, gets them at the beginning of the next question.
 */
export class ChatTemplate {
  /** To be added to the stop strings of a request. */
  readonly stopStrings: readonly string[];
  private renderMessages: RenderMessages | null = null;
  private showsSystem: boolean | null = null;

  constructor(
    private readonly files: TokenizerFiles,
    private readonly tokenizer: Tokenizer,
  ) {
    const plain = this.source() === null;
    this.stopStrings = plain ? ['\nUser:', '\nSystem:'] : [];
  }

  /**
   * Where an answer follows on an answer, that one is written on: the text ends where its words do.
   * @throws CHAT_TEMPLATE_FAILED with the template's own words if it refuses the messages, throws or does not parse
   */
  render(messages: readonly ChatMessage[], { answering = true } = {}): ChatPrompt {
    const { stretches, guard } = this.tokenizer.guard(messages.map(({ content }) => content));
    const guarded = messages.map(({ role }, index) => ({ role, content: stretches[index] }));
    try {
      this.renderMessages ??= this.compile();
      const told = this.takesSystemMessages ? guarded : withSystemInQuestions(guarded);
      const isBegun = answering && messages.at(-1)?.role === 'assistant';
      const text = isBegun ? this.renderBegun(told, guard) : this.renderMessages(told, answering);
      return { text, guard, addBos: this.files.addBosToken && !this.beginsWithBos(text) };
    } catch (cause) {
      const reason = (cause instanceof Error ? cause.message : String(cause)).replaceAll(guard, '');
      throw new EngineError(
        'CHAT_TEMPLATE_FAILED',
        `The model's chat template did not accept the conversation: ${reason} ` +
          'Start a new chat (some models want user and assistant to alternate) ' +
          'or use another model.',
        { reason },
        { cause },
      );
    }
  }

  /** Whether the template shows a system message as one. */
  get takesSystemMessages(): boolean {
    this.showsSystem ??= this.probeSystem();
    return this.showsSystem;
  }

  private probeSystem(): boolean {
    const messages: ChatMessage[] = [
      { role: 'system', content: PROBE },
      { role: 'user', content: 'Hi' },
    ];
    try {
      this.renderMessages ??= this.compile();
      return this.renderMessages(messages, true).includes(PROBE);
    } catch {
      return false;
    }
  }

  /** The guard, which no message holds, marks where the words end: they may stand in what the template adds, too. */
  private renderBegun(messages: readonly ChatMessage[], guard: string): string {
    const begun = messages[messages.length - 1];
    const marked = [...messages.slice(0, -1), { ...begun, content: begun.content + guard }];
    const text = this.renderMessages?.(marked, false) ?? '';
    // Many templates trim what they are given.
    for (const words of [begun.content, begun.content.trimStart()]) {
      const at = text.lastIndexOf(words + guard);
      if (at >= 0) return text.slice(0, at + words.length);
    }
    throw new Error('It does not show the answer that is to be written on as it is.');
  }

  /** Many templates bring the bos token themselves; twice it would be another prompt than the model knows. */
  private beginsWithBos(text: string): boolean {
    const { bosToken } = this.files;
    return bosToken !== null && text.trimStart().startsWith(bosToken);
  }

  /** Jinja source; null: no template fits. */
  private source(): string | null {
    if (this.files.chatTemplate !== null) return this.files.chatTemplate;
    const speaksChatMl = ['<|im_start|>', '<|im_end|>'].every((token) => this.tokenizer.tokenId(token) !== null);
    return speaksChatMl ? CHAT_ML : null;
  }

  private compile(): RenderMessages {
    const source = this.source();
    if (source === null) return renderPlain;
    const template = new Template(source);
    return (messages, answering) =>
      template.render({
        messages,
        add_generation_prompt: answering,
        bos_token: this.files.bosToken ?? '',
        eos_token: this.files.eosToken ?? '',
      });
  }
}

function renderPlain(messages: readonly ChatMessage[], answering: boolean): string {
  const lines = messages.map(({ role, content }) => `${ROLE_NAMES[role]}: ${content}\n`);
  return `${lines.join('')}${answering ? 'Assistant:' : ''}`;
}

/** One that no question follows is left out. */
function withSystemInQuestions(messages: readonly ChatMessage[]): ChatMessage[] {
  let waiting: string[] = [];
  return messages.flatMap((message) => {
    if (message.role === 'system') {
      waiting.push(message.content);
      return [];
    }
    if (message.role !== 'user' || waiting.length === 0) return [message];
    const content = [...waiting, message.content].join('\n\n');
    waiting = [];
    return [{ ...message, content }];
  });
}
