import { isUsedUp } from '../kv/budget-now.js';
import { boundsOfHeld, type Compression, dropsWhileWriting } from '../kv/compression.js';
import type { KvCache } from '../kv/kv-cache.js';
import { Losses } from '../kv/losses.js';
import { extentOf, type Policy } from '../kv/policy.js';
import { type Survival, survivalOf } from '../kv/survival.js';
import { commonPrefixLength } from '../kv/text-history.js';
import { apart, type TokenSpan } from '../kv/token-span.js';
import type { RepeatPrompt } from '../text/repeat-prompt.js';
import type { KvStats, TextMemory } from '../types.js';
import { Changes } from './changes.js';
import { evictNow } from './evict-now.js';
import { type CompactingPlan, planOf, type SeenText } from './idle/compacting-plan.js';
import { type CompactingProgress, compactTo } from './idle/reconstruction.js';
import { memoryStats } from './memory-stats.js';
import type { ModelSessions } from './model-sessions.js';
import { type ChatOutline, type ChatSnapshot, type Fill, refill, snapshotOf } from './parking/chat-snapshot.js';
import { createScores } from './reading/create-scores.js';
import { LayeredPrefill, type ReadingProgress } from './reading/layered-prefill.js';
import { MIN_PREFILL } from './reading/prefill.js';
import { QueryRing } from './reading/query-ring.js';
import { boundsWhileReading } from './reading/reading-room.js';
import type { ReadingOptions } from './reading/reading-types.js';
import type { Scores } from './reading/scores.js';
import type { BatchRow } from './writing/batch-decoder.js';
import { createDecoder } from './writing/create-decoder.js';
import { GenerationPruner } from './writing/generation-pruner.js';
import type { TokenDecoder } from './writing/token-decoder.js';

/** One chat as the model remembers it: which tokens it has read and written, and what of them is cached. */
export class ChatMemory {
  private readonly seen: number[] = [];
  private readonly losses: Losses;
  private readonly scores: Scores;
  private readonly ring: QueryRing;
  /** What holds now: the compression, or what idle time will tidy up. */
  private bounds: Compression;
  private policy: Policy;
  /** The length of text that it is for. */
  private policyTokens = 0;
  private pruner: GenerationPruner | null = null;
  /** Gives the logits of every token; made when first asked for. */
  private measuring: TokenDecoder | null = null;
  private pinned: readonly TokenSpan[] = [];
  /** Tokens at the end of the last prompt … */
  private promptEnd = 0;
  /** … and the logits there, [vocabSize]: asked again, the prompt need not be read. */
  private promptLogits: Float32Array | null = null;
  /** A prompt that is being read: its tokens, and those that are new. */
  private reading: { tokens: number; bytesBefore: number; fresh: number } | null = null;
  /** Rows run in the last read, of what all its new tokens in all layers would be. */
  computeFraction = 1;
  readonly changes = new Changes();

  private constructor(
    private readonly sessions: ModelSessions,
    readonly compression: Compression,
    private readonly cache: KvCache,
    private readonly decoder: TokenDecoder,
    private readonly keepsQueries: boolean,
  ) {
    this.losses = new Losses(cache);
    this.scores = createScores(sessions);
    this.bounds = compression;
    this.policy = compression.policyFor(0);
    this.ring = QueryRing.forAnswers(sessions.model.config, this.policy.generation?.windowLength);
  }

  static async create(sessions: ModelSessions, compression: Compression, contextLength: number): Promise<ChatMemory> {
    const cache = sessions.cache(contextLength, compression.kvType);
    const decoder = await createDecoder(sessions, cache);
    return new ChatMemory(sessions, compression, cache, decoder, dropsWhileWriting(compression, cache.shape.numLayers));
  }

  /** Ids whose K/V are cached, in order; maybe not in every layer. */
  get tokens(): readonly number[] {
    return this.seen;
  }

  get contextLength(): number {
    return this.cache.contextLength;
  }

  /**
   * Reads of `prompt` what is not cached yet, and drops what the compression does not keep: one turn. What is cached of
   * another text is forgotten.
   * @returns logits of the last token, [vocabSize]; valid until the next run
   * @throws the signal's reason; EngineError RUNTIME_FAILED, OUT_OF_MEMORY. What was cached before is then still there.
   */
  async *read(
    prompt: readonly number[],
    { pinned = [], turn = 1, freeBytes = Number.POSITIVE_INFINITY, tidies = false, signal }: ReadingOptions = {},
  ): AsyncGenerator<ReadingProgress, Float32Array, void> {
    const { compression, sessions } = this;
    const reused = this.reusable(prompt);
    const held = { heldBytes: this.cache.bytesInUse, onDevice: sessions.factory.device !== undefined };
    const plan = { tokens: prompt.length, fresh: prompt.length - reused, pinned, ...held };
    const bounds = boundsWhileReading(compression, sessions.model.config, plan, { freeBytes, tidies });
    this.cutTo(reused);
    this.bounds = bounds;
    if (reused === prompt.length) this.cache.restore();
    this.losses.beginTurn(turn, this.seen.length);
    this.pinned = apart(pinned);
    // A run that is bound to buffers keeps them: those of before must go as reading replaces them.
    this.decoder.release();
    this.measuring?.release();
    if (reused === prompt.length && this.promptLogits) {
      yield { processed: reused, reused };
      this.beginAnswer(this.promptLogits);
      return this.promptLogits;
    }
    const fresh = prompt.slice(reused);
    this.reading = { tokens: prompt.length, bytesBefore: this.cache.bytesInUse, fresh: fresh.length };
    this.choosePolicyFor(prompt.length);
    const steps = new LayeredPrefill(sessions, this.cache, this.policy).read(
      fresh,
      extentOf(this.pinned, reused, prompt.length),
    );
    let complete = false;
    try {
      yield { processed: reused, reused };
      for (;;) {
        signal?.throwIfAborted();
        const step = await steps.next();
        if (step.done) {
          complete = true;
          const { logits, dropped, lostAttention, computeFraction } = step.value;
          // Within the turn, an edit begins at its start: what was kept of it was chosen in view of all of it.
          const lost = dropped && { ...dropped, lowest: Math.min(reused, dropped.lowest) };
          this.losses.promptSelected(prompt.length, lost, lostAttention);
          for (const token of fresh) this.seen.push(token);
          this.computeFraction = computeFraction;
          this.beginAnswer(logits);
          return logits;
        }
        const { rowsDone, rowsTotal } = step.value;
        const processed = reused + Math.floor((fresh.length * rowsDone) / rowsTotal);
        yield { processed: Math.min(processed, prompt.length - 1), reused };
      }
    } finally {
      this.reading = null;
      if (!complete) {
        await steps.return(undefined as never);
        this.cache.truncate(reused);
        this.promptEnd = Math.min(this.promptEnd, reused);
        this.promptLogits = null;
      }
    }
  }

  /**
   * Runs one more token, which was written, and drops what the compression does not keep of the answer so far.
   * @returns its logits, [vocabSize]; valid until the next run
   * @throws EngineError RUNTIME_FAILED, OUT_OF_MEMORY; the cache is then as it was
   */
  async append(token: number): Promise<Float32Array> {
    const appending = this.appending(token);
    await appending.next();
    const logits = await this.decoder.run([token], this.seen.length);
    await appending.next((layer) => this.decoder.queries(layer));
    return logits;
  }

  /** `append` without its run, for whoever runs several at once: gives the row to be run, and takes its queries by layer. */
  async *appending(token: number): AsyncGenerator<BatchRow, void, (layer: number) => Float32Array> {
    // Not at once, but behind the answer's first token; and before more is dropped.
    if (!this.losses.areFound) this.losses.find(this.seen.length);
    if (isUsedUp(this.bounds, this.cache)) await this.makeRoom();
    const queries = yield { cache: this.cache, token, position: this.seen.length };
    this.seen.push(token);
    this.changes.next();
    if (this.keepsQueries) this.ring.push(queries);
    const dropped = await this.pruner?.written(this.seen.length);
    this.losses.dropped(this.seen.length, dropped ?? null);
  }

  /**
   * Runs tokens that follow all at once, dropping none of them: what `append` gives one by one. To measure; nothing is
   * to be appended one by one behind them.
   * @returns logits of each, [tokens, vocabSize]; valid until the next run
   */
  async appendAll(tokens: readonly number[]): Promise<Float32Array> {
    this.measuring ??= await createDecoder(this.sessions, this.cache, { allLogits: true });
    const logits = await this.measuring.run(tokens, this.seen.length);
    for (const token of tokens) this.seen.push(token);
    this.changes.next();
    return logits;
  }

  /** As `compactTo`: while nobody waits. To be given up where something changes in between. */
  async *compact(
    share: number,
    prompt: RepeatPrompt,
    freeBytes?: () => number,
  ): AsyncGenerator<CompactingProgress, void> {
    const { seen, cache, losses, sessions } = this;
    losses.find(seen.length);
    const { at, dropped } = yield* compactTo(share, { sessions, cache, prompt, freeBytes }, this.seenText());
    losses.dropped(at, dropped);
    this.bounds = boundsOfHeld(this.compression, cache.bytesInUse);
    // The last prompt is not what these were computed on any more.
    this.promptLogits = null;
    this.changes.compacted();
  }

  /** About what `compact` to this share will leave. */
  planOf(share: number): CompactingPlan {
    return planOf(share, this.cache, this.seenText(), this.sessions);
  }

  stats(): KvStats {
    const { cache, losses, compression, bounds, policy, pinned, promptEnd, reading, seen } = this;
    return memoryStats({
      ...{ cache, losses, compression, bounds, policy, pinned, promptEnd, reading },
      tokensCached: seen.length,
    });
  }

  /** Which layers hold which tokens of the text, when each was dropped, and which are never to be. */
  survival(): Survival & Pick<TextMemory, 'droppedIn' | 'droppedAt' | 'pinned'> {
    const { cache, losses, pinned, seen } = this;
    losses.find(seen.length);
    return { ...survivalOf(cache, seen.length), ...losses.byToken(), pinned };
  }

  /** Places in the text of the tokens that a layer holds, ascending, for each of its heads. [numKvHeads][tokens] */
  heldPositions(layer: number): Int32Array[] {
    return this.cache.positionsByHead(layer).map((places) => places.slice());
  }

  /** Between two turns, all that it takes to go on as if nothing had been in between; null: it cannot be had. */
  snapshot(): ChatSnapshot | null {
    const { cache, losses, seen, compression, pinned, promptEnd, promptLogits, policyTokens, computeFraction } = this;
    const lasting = { pinned, promptEnd, promptLogits, policyTokens, computeFraction };
    // A prompt that was left in the middle is held by some layers only.
    return this.reading ? null : snapshotOf({ cache, losses, seen }, compression, lasting);
  }

  /** Of an empty chat under the same compression: makes it what one was, as `refill` does. */
  async resume(outline: ChatOutline, fill: Fill): Promise<void> {
    const { cache, losses, seen } = this;
    this.promptLogits = await refill({ cache, losses, seen }, outline, fill);
    this.pinned = outline.pinned;
    this.promptEnd = outline.promptEnd;
    this.computeFraction = outline.computeFraction;
    this.changes.next();
    this.bounds = boundsOfHeld(this.compression, cache.bytesInUse);
    this.choosePolicyFor(outline.policyTokens);
  }

  /** Back to an empty chat. */
  clear(): void {
    this.seen.length = 0;
    this.changes.next();
    this.losses.clear();
    this.pinned = [];
    this.bounds = this.compression;
    this.ring.clear();
    this.pruner = null;
    this.promptEnd = 0;
    this.promptLogits = null;
    this.cache.clear();
  }

  release(): void {
    this.decoder.release();
    this.measuring?.release();
    this.clear();
  }

  /** Tokens of a prompt that need not be read: all of it, if it was the last one. */
  reusable(prompt: readonly number[]): number {
    const unchanged = commonPrefixLength(this.seen, prompt);
    const isSame = unchanged === prompt.length && prompt.length === this.promptEnd && this.promptLogits !== null;
    if (isSame && this.losses.reusable(unchanged) === unchanged) return unchanged;
    return this.losses.reusable(unchanged, Math.min(unchanged, Math.max(0, prompt.length - MIN_PREFILL)));
  }

  private choosePolicyFor(tokens: number): void {
    this.policyTokens = tokens;
    this.policy = this.bounds.policyFor(tokens);
  }

  private cutTo(kept: number): void {
    this.changes.next();
    this.cache.truncate(kept);
    this.losses.truncate(kept);
    this.seen.length = kept;
  }

  private seenText(): SeenText {
    return { tokens: this.seen, pinned: this.pinned, answerStart: this.promptEnd };
  }

  private beginAnswer(promptLogits: Float32Array): void {
    this.promptEnd = this.seen.length;
    this.promptLogits = promptLogits;
    this.cache.mark();
    this.ring.clear();
    const { generation } = this.policy;
    this.pruner = generation && new GenerationPruner(generation, this.cache, this.scores, this.ring, this.promptEnd);
  }

  /** A stronger policy for a text that outgrew its budget. */
  private async makeRoom(): Promise<void> {
    const tokensSeen = this.seen.length;
    this.choosePolicyFor(tokensSeen);
    const text = extentOf(this.pinned, tokensSeen, tokensSeen);
    const { dropped, lostAttention } = await evictNow(this.cache, this.policy, text, this.scores, this.ring);
    this.losses.dropped(tokensSeen, dropped, lostAttention);
  }
}
