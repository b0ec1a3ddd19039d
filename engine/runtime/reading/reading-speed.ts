/** Shorter readings say more of the start than of the speed. */
const LEAST_TOKENS = 16;
/** The first run of a model also warms it up: of a short prompt, that is most of the time. */
const LEAST_FIRST_TOKENS = 256;
const REMEMBERED = 5;

/** How fast this machine reads prompts with the loaded model, from what it has read so far. */
export class ReadingSpeed {
  private readonly samples: { ms: number; work: number }[] = [];
  private isFirst = true;

  /** @param attentionShare work of attending one token, of all other work for one token */
  constructor(private readonly attentionShare: number) {}

  /** So many tokens were read behind `history` others. */
  note(tokens: number, history: number, ms: number): void {
    const least = this.isFirst ? LEAST_FIRST_TOKENS : LEAST_TOKENS;
    this.isFirst = false;
    if (tokens < least) return;
    this.samples.push({ ms, work: this.work(tokens, history) });
    if (this.samples.length > REMEMBERED) this.samples.shift();
  }

  /** Milliseconds to read so many tokens behind `history` others; null: nothing was measured yet. */
  estimate(tokens: number, history: number): number | null {
    if (this.samples.length === 0) return null;
    const ms = this.samples.reduce((sum, sample) => sum + sample.ms, 0);
    const work = this.samples.reduce((sum, sample) => sum + sample.work, 0);
    return (ms / work) * this.work(tokens, history);
  }

  /** In tokens that attend nothing; each attends all before it. */
  private work(tokens: number, history: number): number {
    return tokens * (1 + this.attentionShare * (history + tokens / 2));
  }
}

/** Products of one attended token (q·k and its share of v, in every layer), of those with the weights. */
export function attentionShareOf(model: {
  parameters: number;
  layers: number;
  numHeads: number;
  headDim: number;
}): number {
  return (2 * model.layers * model.numHeads * model.headDim) / model.parameters;
}
