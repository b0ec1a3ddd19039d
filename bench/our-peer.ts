import { createEngine } from '../engine/index.js';
import type { Engine, EngineEvent } from '../engine/types.js';
import { type LoadOptions, type Prompt, serve, TimedPeer } from './peer.js';

class OurPeer extends TimedPeer {
  private engine: Engine | null = null;

  async load(options: LoadOptions): Promise<number> {
    const start = performance.now();
    this.engine = await createEngine(options);
    return performance.now() - start;
  }

  async versions(): Promise<Record<string, string>> {
    const { executionProvider, onnxRuntimeVersion, implementation, reason } = this.loaded().runtime;
    const way = executionProvider === 'webgpu' ? reason : implementation;
    return { 'onnxruntime-node': `${onnxRuntimeVersion} (${way})` };
  }

  protected async tokenTimes({ messages, tokenIds }: Prompt, maxTokens: number): Promise<number[]> {
    const times: number[] = [];
    let end: EngineEvent | null = null;
    for await (const event of this.loaded().generate({ messages, maxTokens, sampling: { temperature: 0 } })) {
      if (event.type === 'token' && event.tokens > times.length) times.push(performance.now());
      end = event;
    }
    if (end?.type !== 'done') throw new Error(`the answer ended in ${JSON.stringify(end)}`);
    if (end.result.promptTokens !== tokenIds.length) {
      throw new Error(`the prompt has ${end.result.promptTokens} tokens here, ${tokenIds.length} for the other engine`);
    }
    return times;
  }

  private loaded(): Engine {
    if (!this.engine) throw new Error('no model is loaded');
    return this.engine;
  }
}

serve(new OurPeer());
