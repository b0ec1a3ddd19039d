import type { CompressionConfig } from '../kv/compression-config.js';
import type { ChatMemory } from '../runtime/chat-memory.js';
import type { Runtime } from '../runtime/load-runtime.js';
import { mean } from './bootstrap.js';
import { type Judgement, RETRIEVAL_KL } from './calibration-goals.js';
import { compareWindow, readReference, type WindowOutcome, type WindowReference } from './continuation.js';
import { type AnsweredCase, Interview } from './interview.js';
import { FULL_CACHE, withMemory } from './memories.js';
import { type RetrievalMode, summarizeRetrieval } from './retrieval.js';
import type { RetrievalCase } from './retrieval-cases.js';
import type { TextWindow } from './windows.js';

/** After so many windows, a configuration with a hopeless KL is given up. */
const FIRST_WINDOWS = 2;
const MODES: readonly RetrievalMode[] = ['ask', 'later'];

/** Measures configurations one after the other on the same few windows and cases; the full cache reads them once. */
export class CompressionJudge {
  private references: WindowReference[] | null = null;
  private readonly fullAnswers = new Map<RetrievalMode, AnsweredCase[]>();

  constructor(
    private readonly runtime: Runtime,
    private readonly windows: readonly TextWindow[],
    private readonly cases: readonly RetrievalCase[],
    private readonly signal?: AbortSignal,
  ) {}

  /** @param hopeless KL beyond which no more is to be known of it; `ask`: retrieval, too, where KL is within limits */
  async judge(config: CompressionConfig, hopeless: number, ask: boolean): Promise<Judgement> {
    const references = await this.referenceWindows();
    return withMemory(this.runtime, config, async (memory) => {
      const outcomes: WindowOutcome[] = [];
      const meanKl = () => mean(outcomes.map(({ kl }) => kl));
      let stoppedEarly = false;
      for (const reference of references) {
        outcomes.push(await compareWindow(memory, reference, { generationEviction: false, signal: this.signal }));
        stoppedEarly = outcomes.length === FIRST_WINDOWS && references.length > FIRST_WINDOWS && meanKl() > hopeless;
        if (stoppedEarly) break;
      }
      return {
        keptFraction: mean(outcomes.map(({ kv }) => kv.keptFraction)),
        meanKl: meanKl(),
        stoppedEarly,
        retrievalLoss: ask && meanKl() <= RETRIEVAL_KL && !stoppedEarly ? await this.retrievalLoss(memory) : null,
      };
    });
  }

  private async referenceWindows(): Promise<WindowReference[]> {
    this.references ??= await withMemory(this.runtime, FULL_CACHE, async (full) => {
      const references: WindowReference[] = [];
      for (const window of this.windows) references.push(await readReference(full, window, this.signal));
      return references;
    });
    return this.references;
  }

  private async retrievalLoss(memory: ChatMemory): Promise<number | null> {
    if (this.cases.length === 0) return null;
    const losses: number[] = [];
    for (const mode of MODES) {
      const full =
        this.fullAnswers.get(mode) ??
        (await withMemory(this.runtime, FULL_CACHE, (one) => this.answers(one, mode, true)));
      this.fullAnswers.set(mode, full);
      const { accuracy, fullAccuracy } = summarizeRetrieval(mode, full, await this.answers(memory, mode, false));
      losses.push(fullAccuracy - accuracy);
    }
    return Math.max(...losses);
  }

  private async answers(memory: ChatMemory, mode: RetrievalMode, exact: boolean): Promise<AnsweredCase[]> {
    const interview = new Interview(this.runtime, memory, { mode, exact });
    const answers: AnsweredCase[] = [];
    for (const [index, asked] of this.cases.entries()) {
      answers.push(await interview.hold(asked, index + 1, this.signal));
    }
    return answers;
  }
}
