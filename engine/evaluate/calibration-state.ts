import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeWholeFile } from '../whole-file.js';

export type MeasurementKind = 'layers' | 'judgements' | 'continuation' | 'retrieval';
/** Results by what was measured, as JSON. */
type Measured = Record<MeasurementKind, Record<string, unknown>>;

/**
 * A calibration's measurements, kept in a file as they come: a search that was stopped takes them from there when it is
 * started again, and so goes the same way.
 */
export class CalibrationState {
  private constructor(
    private readonly file: string,
    private readonly measured: Measured,
  ) {}

  /** @param key everything that the measurements depend on; another key is another file */
  static async open(folder: string, key: object): Promise<CalibrationState> {
    const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex');
    const file = path.join(folder, `calibration-${hash.slice(0, 16)}.json`);
    return new CalibrationState(file, await readMeasured(file));
  }

  /** What `measure` found of `key` before, if that is `enough`; else what it finds now. */
  async remembered<Result>(
    kind: MeasurementKind,
    key: object,
    measure: () => Promise<Result>,
    enough: (found: Result) => boolean = () => true,
  ): Promise<Result> {
    const name = JSON.stringify(key);
    const found = this.measured[kind][name] as Result | undefined;
    if (found !== undefined && enough(found)) return found;
    const result = await measure();
    this.measured[kind][name] = result;
    await this.save();
    return result;
  }

  get size(): number {
    return Object.values(this.measured).reduce((sum, found) => sum + Object.keys(found).length, 0);
  }

  /** Of no use any more. */
  remove(): Promise<void> {
    return rm(this.file, { force: true });
  }

  private save(): Promise<void> {
    return writeWholeFile(this.file, JSON.stringify(this.measured));
  }
}

/** What a damaged file held is measured again. */
async function readMeasured(file: string): Promise<Measured> {
  const empty: Measured = { layers: {}, judgements: {}, continuation: {}, retrieval: {} };
  try {
    return { ...empty, ...JSON.parse(await readFile(file, 'utf8')) };
  } catch {
    return empty;
  }
}
