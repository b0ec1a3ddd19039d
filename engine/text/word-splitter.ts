import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { EngineError } from '../errors.js';
import { DIGIT_PATTERN, GPT2_PATTERN, PATTERNS_THAT_END_WORDS_AFTER_LETTERS } from './pre-tokenizers.js';
import type { PreTokenizerStep, TokenizerJson } from './tokenizer-json.js';

/** Blocks are cut no shorter than this, so that a long text is tokenized in steps of about a millisecond. */
const BLOCK_LENGTH = 8192;
const WORD_SEPARATOR = '▁';

/**
 * Text to the words that byte pair encoding works on, block by block. A block ends only where no word and no token
 * can span its end, so that the tokens are those of the text as a whole.
 */
export class WordSplitter {
  /** Words are encoded byte by byte, else character by character. */
  readonly byteLevel: boolean;
  private readonly normalizer: HuggingFaceTokenizer['normalizer'];
  private readonly preTokenizer: HuggingFaceTokenizer['pre_tokenizer'];
  private readonly metaspace: Extract<PreTokenizerStep, { type: 'Metaspace' }> | null;
  private readonly prefixSpace: boolean;
  private readonly wordsEndAfterLetters: boolean;
  private joinedPairs: ReadonlySet<number> | null = null;

  constructor(private readonly json: TokenizerJson) {
    const steps = json.pre_tokenizer ?? [];
    this.metaspace = steps[0]?.type === 'Metaspace' ? steps[0] : null;
    this.byteLevel = steps.at(-1)?.type === 'ByteLevel';
    rejectMisplacedSteps(steps);
    this.prefixSpace = steps[0]?.type === 'ByteLevel' && steps[0].add_prefix_space;
    const patterns = steps.flatMap(patternsOf);
    this.wordsEndAfterLetters =
      patterns.length > 0 &&
      patterns.every((pattern) => 'Regex' in pattern && PATTERNS_THAT_END_WORDS_AFTER_LETTERS.has(pattern.Regex));
    const built = new HuggingFaceTokenizer(
      {
        added_tokens: [],
        normalizer: json.normalizer ?? null,
        pre_tokenizer: this.metaspace || steps.length === 0 ? null : sequenceOf(steps),
        post_processor: null,
        decoder: null,
        model: { type: 'BPE', vocab: {}, merges: [] },
      },
      {},
    );
    this.normalizer = built.normalizer;
    this.preTokenizer = built.pre_tokenizer;
  }

  /** Lists of words; together they are the words of the section. `first`: nothing stands before it in its prompt. */
  *blocks(section: string, first: boolean): Generator<string[]> {
    const text = this.prepare(section, first);
    for (let start = 0; start < text.length; ) {
      const end = this.blockEnd(text, start);
      yield this.words(text.slice(start, end));
      start = end;
    }
  }

  private prepare(section: string, first: boolean): string {
    const text = this.normalizer ? this.normalizer.normalize(section) : section;
    if (this.prefixSpace) return text.startsWith(' ') ? text : ` ${text}`;
    if (!this.metaspace) return text;
    const marked = text.replaceAll(' ', WORD_SEPARATOR);
    const scheme = this.metaspace.prepend_scheme ?? (this.metaspace.add_prefix_space ? 'always' : 'never');
    const prepend = (scheme === 'always' || (scheme === 'first' && first)) && !marked.startsWith(WORD_SEPARATOR);
    return prepend ? WORD_SEPARATOR + marked : marked;
  }

  private blockEnd(text: string, start: number): number {
    const earliest = start + BLOCK_LENGTH;
    if (earliest >= text.length) return text.length;
    if (this.preTokenizer) {
      if (!this.wordsEndAfterLetters) return text.length;
      const letter = /\p{L}(?![\p{L}\p{M}])/gu;
      letter.lastIndex = earliest;
      return letter.test(text) ? letter.lastIndex : text.length;
    }
    for (let end = earliest; end < text.length; end++) if (!this.mayJoin(text, end)) return end;
    return text.length;
  }

  private words(block: string): string[] {
    if (this.preTokenizer) return this.preTokenizer.pre_tokenize(block);
    const words: string[] = [];
    let start = 0;
    for (let end = 1; end < block.length; end++) {
      const split = this.metaspace?.split === true && block[end] === WORD_SEPARATOR;
      if (!split && this.mayJoin(block, end)) continue;
      words.push(block.slice(start, end));
      start = end;
    }
    words.push(block.slice(start));
    return words;
  }

  /** Whether some token has the characters on both sides of `index` within it, one after the other. */
  private mayJoin(text: string, index: number): boolean {
    const right = text.charCodeAt(index);
    if (right >= 0xdc00 && right <= 0xdfff) return true;
    this.joinedPairs ??= pairsWithin(Object.keys(this.json.model.vocab));
    return this.joinedPairs.has(text.charCodeAt(index - 1) * 0x10000 + right);
  }
}

/** UTF-16 units that follow one another in some token. */
function pairsWithin(tokens: readonly string[]): ReadonlySet<number> {
  const pairs = new Set<number>();
  for (const token of tokens) {
    for (let i = 1; i < token.length; i++) pairs.add(token.charCodeAt(i - 1) * 0x10000 + token.charCodeAt(i));
  }
  return pairs;
}

function patternsOf(step: PreTokenizerStep): ({ Regex: string } | { String: string })[] {
  if (step.type === 'ByteLevel') return step.use_regex ? [{ Regex: GPT2_PATTERN }] : [];
  if (step.type === 'Digits') return [{ Regex: step.individual_digits ? DIGIT_PATTERN : `${DIGIT_PATTERN}+` }];
  return step.type === 'Split' ? [step.pattern] : [];
}

/**
 * The library's own ByteLevel and Digits use JavaScript's \s and \d, which differ from Rust's beyond ASCII; its Split
 * translates expressions properly.
 */
function sequenceOf(steps: readonly PreTokenizerStep[]): object {
  const pretokenizers = steps.flatMap((step): object[] => {
    if (step.type === 'Split') return [step];
    return patternsOf(step).map((pattern) => ({ type: 'Split', pattern, behavior: 'Isolated', invert: false }));
  });
  return { type: 'Sequence', pretokenizers };
}

/** Steps that need the text as a whole must be alone, and bytes come last. */
function rejectMisplacedSteps(steps: readonly PreTokenizerStep[]): void {
  const misplaced = steps.find(
    (step, index) =>
      (step.type === 'ByteLevel' && index < steps.length - 1) ||
      (steps.length > 1 && (step.type === 'Metaspace' || (step.type === 'ByteLevel' && step.add_prefix_space))),
  );
  if (!misplaced) return;
  throw new EngineError(
    'MODEL_TOKENIZER_UNSUPPORTED',
    `The model's tokenizer.json combines the pre-tokenizer ${misplaced.type} with others in a way that is not ` +
      'supported. Choose another model.',
  );
}
