import { randomUUID } from 'node:crypto';
import type { EngineReport, ModelQuestion } from '../ipc/engine-messages.js';

type Answer = Extract<EngineReport, { type: 'modelForecasts' }>;
export type ModelForecasts = Omit<Answer, 'type' | 'id'>;

interface Asked {
  postMessage(message: { type: 'forecastModels'; question: ModelQuestion }): void;
}

/** What an engine process was asked of models, and has not answered. */
export class ModelQuestions {
  /** By id. */
  readonly #open = new Map<string, (answer: ModelForecasts | null) => void>();

  /** null: the process ended before it answered. */
  ask(child: Asked, question: Omit<ModelQuestion, 'id'>): Promise<ModelForecasts | null> {
    const id = randomUUID();
    return new Promise((resolve) => {
      this.#open.set(id, resolve);
      child.postMessage({ type: 'forecastModels', question: { ...question, id } });
    });
  }

  answer(answer: Answer): void {
    this.#open.get(answer.id)?.(answer);
    this.#open.delete(answer.id);
  }

  /** Nobody will answer any more. */
  giveUp(): void {
    for (const resolve of this.#open.values()) resolve(null);
    this.#open.clear();
  }
}
