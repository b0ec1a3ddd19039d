/** The device is opened anew after a failure, but not after so many within RECENT_MS. */
const TOO_MANY = 2;
const RECENT_MS = 10 * 60_000;

/** How often a graphics processor was lost, or took the engine's process with it. */
export class DeviceFailures {
  /** The model is on one, or may be brought there now. */
  onDevice = false;
  #atMs: number[] = [];

  /** The processor is to take its place. */
  get areTooMany(): boolean {
    const [last] = this.#atMs.slice(-1);
    return this.#atMs.filter((atMs) => last - atMs < RECENT_MS).length >= TOO_MANY;
  }

  /** The device was lost, or the process ended. */
  note(atMs: number): void {
    if (this.onDevice) this.#atMs.push(atMs);
  }

  forget(): void {
    this.#atMs = [];
  }
}
