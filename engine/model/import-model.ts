import { mkdir, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EngineError } from '../errors.js';
import type { LoadProgress, Logger, Precision } from '../types.js';
import {
  convertedName,
  type Manifest,
  openConverted,
  readManifest,
  weightsPath,
  writeDescription,
} from './converted-folder.js';
import type { ConvertedModel, LayerForm } from './converted-model.js';
import { FileHashes } from './file-hashes.js';
import { systemErrorCode } from './file-problem.js';
import { checkFreeSpace, diskFull, freeBytes, publish, removeLeftovers, temporaryPath } from './import-folder.js';
import { fileBytes, findModelFiles, type ModelFiles } from './model-files.js';
import { summarizeModel } from './model-summary.js';
import { readSourceModel, type SourceModel } from './source-model.js';
import { planWeights, type WeightPlan } from './weight-plan.js';
import { writeWeights } from './weight-writer.js';

export interface ImportOptions {
  /** A GGUF file or a safetensors folder. */
  modelPath: string;
  /** What the file has to be, in hex; default: whatever it is. */
  sha256?: string;
  /** Where converted models are kept; made if absent. */
  cacheFolder: string;
  precision: Precision;
  /** Of the default precision's 8-bit weights. */
  form?: LayerForm;
  /** Not called when the model was converted before. */
  onProgress?: (progress: LoadProgress) => void;
  /** Ends the import with the signal's reason; nothing is left behind. */
  signal?: AbortSignal;
  logger?: Logger;
}

/** Shares of the whole load, as measured on large models: hashing, converting; opening the session has the rest. */
const CHECK_SHARE = 0.2;
const IMPORT_SHARE = 0.7;

/**
 * Converts a model for the graphs, once: later calls find it by the content of its files. The files are checked whole
 * before anything is written; a converted model appears at once or not at all.
 *
 * @throws every MODEL_… code, IMPORT_DISK_FULL, IMPORT_FAILED; the signal's reason
 */
export async function importModel(options: ImportOptions): Promise<ConvertedModel> {
  const { modelPath, sha256, cacheFolder, precision, form = 'int8', signal, logger } = options;
  signal?.throwIfAborted();
  const files = await findModelFiles(modelPath);
  const folderOf = (hash: string) => join(cacheFolder, convertedName(hash, precision, form));
  const open = (hash: string) => openExisting(folderOf(hash), files);
  const hashes = new FileHashes(cacheFolder);
  const knownHash = await hashes.known(files);
  checkGenuine(modelPath, knownHash, sha256);
  const known = knownHash && (await open(knownHash));
  if (known) return known;

  const source = await readSourceModel(files);
  const plan = planWeights(source, precision, form);
  const start = performance.now();
  return failures(cacheFolder, plan.bytes, signal, async () => {
    await mkdir(cacheFolder, { recursive: true });
    await removeLeftovers(cacheFolder);
    const report = progressReport(options, fileBytes(files), plan);
    const hash = knownHash ?? (await hashes.compute(files, report.hashed, signal));
    checkGenuine(modelPath, hash, sha256);
    const folder = folderOf(hash);
    const existing = await open(hash);
    if (existing) return existing;
    await checkFreeSpace(cacheFolder, plan.bytes);
    const manifest = summarizeModel(source, plan, precision, hash, fileBytes(files));
    await convert({ source, plan, manifest, folder, cacheFolder, onBytes: report.converted, signal });
    const model = await open(hash);
    if (!model) throw new Error(`${folder} is not readable after the import`);
    logger?.info(`Imported ${model.info.name} to ${folder} in ${Math.round(performance.now() - start)} ms`);
    return model;
  });
}

/** @throws MODEL_NOT_GENUINE */
function checkGenuine(path: string, hash: string | null, sha256: string | undefined): void {
  if (hash === null || sha256 === undefined || hash === sha256) return;
  throw new EngineError(
    'MODEL_NOT_GENUINE',
    `${path} is not the file that came with the app: its SHA-256 is ${hash}, not ${sha256}. Install the app again, or open a model of your own.`,
    { path },
  );
}

async function openExisting(folder: string, files: ModelFiles): Promise<ConvertedModel | null> {
  const manifest = await readManifest(folder);
  return manifest && openConverted(folder, manifest, files.path, basename(files.path, '.gguf'));
}

interface Conversion {
  source: SourceModel;
  plan: WeightPlan;
  manifest: Omit<Manifest, 'tokenizerBytes'>;
  folder: string;
  cacheFolder: string;
  onBytes: (bytes: number) => void;
  signal?: AbortSignal;
}

async function convert({ source, plan, manifest, folder, cacheFolder, onBytes, signal }: Conversion): Promise<void> {
  const importFolder = temporaryPath(cacheFolder);
  try {
    await mkdir(importFolder);
    const output = await open(weightsPath(importFolder), 'wx');
    try {
      await writeWeights(plan, output, { onBytes, signal });
      // Without this a power cut could leave a folder in place whose weights were never written.
      await output.datasync();
    } finally {
      await output.close();
    }
    await writeDescription(importFolder, manifest, source.tokenizer);
    signal?.throwIfAborted();
    await publish(importFolder, folder);
  } catch (thrown) {
    await rm(importFolder, { recursive: true, force: true });
    throw thrown;
  }
}

/** Runs what writes, and gives what goes wrong its code. */
async function failures<Result>(
  cacheFolder: string,
  neededBytes: number,
  signal: AbortSignal | undefined,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (thrown) {
    if (thrown instanceof EngineError || signal?.aborted) throw thrown;
    if (['ENOSPC', 'EDQUOT'].includes(systemErrorCode(thrown))) {
      const free = await freeBytes(cacheFolder).catch(() => 0);
      throw diskFull(cacheFolder, neededBytes, free, thrown);
    }
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new EngineError(
      'IMPORT_FAILED',
      `The model could not be prepared in ${cacheFolder}: ${reason}. Check that the folder can be written to.`,
      { folder: cacheFolder },
      { cause: thrown },
    );
  }
}

function progressReport({ onProgress }: ImportOptions, hashTotal: number, { sourceBytes }: WeightPlan) {
  const counter = (phase: 'check' | 'import', bytesTotal: number, from: number, share: number) => {
    let bytesDone = 0;
    return (bytes: number) => {
      bytesDone += bytes;
      onProgress?.({ phase, fraction: from + (share * bytesDone) / bytesTotal, bytesDone, bytesTotal });
    };
  };
  return {
    hashed: counter('check', hashTotal, 0, CHECK_SHARE),
    converted: counter('import', sourceBytes, CHECK_SHARE, IMPORT_SHARE),
  };
}
