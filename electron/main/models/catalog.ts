import { z } from 'zod';
import contents from '../../../assets/catalog.json' with { type: 'json' };
import { EngineError } from '../../../engine/errors.js';
import { modelOutline } from '../../ipc/engine-messages.js';
import { type CatalogModel, type CatalogNeed, catalogId } from '../../ipc/model-contract.js';
import type { Wanted } from './download.js';

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .nullable();
const { types, ...shape } = modelOutline.omit({ hash: true }).shape;

const catalog = z.strictObject({
  models: z.array(
    z.strictObject({
      id: catalogId,
      name: z.string().min(1),
      licence: z.strictObject({ name: z.string().min(1), url: z.url({ protocol: /^https$/ }) }),
      /** As its makers count them. */
      parameters: z.int().min(1),
      tried: z.boolean(),
      shape: z.strictObject(shape),
      files: z
        .array(
          z.strictObject({
            id: z.string().regex(/^[a-z0-9-]+$/),
            repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
            revision: z.string().regex(/^[\w.-]+$/),
            file: z.string().regex(/^[\w][\w.-]*\.gguf$/),
            quantization: z.string(),
            /** Exact where the hash is known; else as the hub shows it, rounded. */
            bytes: z.int().min(1),
            sha256,
            types,
          }),
        )
        .min(1),
    }),
  ),
});

const { models } = catalog.parse(contents);

/** Every file of the catalog as the engine is asked about it. */
export const catalogOutlines = models.flatMap(({ shape, files }) =>
  files.map(({ id, sha256: hash, types: stored }) => ({ id, outline: { ...shape, hash, types: stored } })),
);

/** @throws REQUEST_INVALID */
export function catalogFile(id: string): Wanted {
  const found = models.flatMap(({ files }) => files).find((file) => file.id === id);
  if (!found) throw new EngineError('REQUEST_INVALID', 'The catalog has no such model any more.', { field: 'id' });
  const { repository, revision, file, sha256: known } = found;
  return { id, repository, revision, file, sha256: known };
}

/** @param needs of each file, by its id */
export function catalogModels(needs: Readonly<Record<string, CatalogNeed>>): CatalogModel[] {
  return models.map(({ shape: { numLayers, contextLength }, files, ...model }) => ({
    ...model,
    layers: numLayers,
    contextLength,
    files: files.map(({ id, file, repository, quantization, bytes, sha256: hash }) => ({
      id,
      file,
      repository,
      quantization,
      bytes,
      hasHash: hash !== null,
      need: needs[id] ?? null,
    })),
  }));
}
