import { expect, test } from 'vitest';
import { ARCHITECTURES } from '../../engine/model/model-config.js';
import { TENSOR_TYPES } from '../../engine/model/tensor-info.js';
import { engineReport, type ModelQuestion, modelOutline } from '../ipc/engine-messages.js';
import { type DrivenService, serveEachTest } from './fixtures/driven-service.js';

const OUTLINE: ModelQuestion['outlines'][number] = {
  architecture: 'llama',
  numLayers: 2,
  hiddenSize: 64,
  intermediateSize: 128,
  numHeads: 4,
  numKvHeads: 2,
  headDim: 16,
  vocabSize: 300,
  contextLength: 256,
  tiedHead: true,
  hash: null,
  types: { layers: 'Q8_0', embedding: 'Q8_0', head: 'Q8_0' },
};

let driven: DrivenService;
serveEachTest((made) => {
  driven = made;
});

test('what models would take that are not here is told without a model, and in the order it was asked', () => {
  const outline = (contextLength: number) => ({ ...OUTLINE, contextLength });
  const use = { contextTokens: 4096, compression: { preset: 'faithful' as const }, precision: 'default' as const };
  const question = { id: 'q', outlines: [outline(8192), outline(1000)], use };
  driven.service.obey({ type: 'forecastModels', question }, []);
  expect(driven.reports.at(-1)).toMatchObject({
    type: 'modelForecasts',
    id: 'q',
    forecasts: [
      { contextTokens: 4096, fit: 'fits', weightsBytes: expect.any(Number) },
      { contextTokens: 1000, fit: 'fits' },
    ],
    totalBytes: expect.toSatisfy((bytes) => bytes > 1e8),
  });
  expect(engineReport.parse(driven.reports.at(-1))).toEqual(driven.reports.at(-1));
});

test('main can ask about every model that the engine runs', () => {
  expect(modelOutline.shape.architecture.options).toEqual([...ARCHITECTURES]);
  expect(modelOutline.shape.types.shape.layers.options.toSorted()).toEqual(TENSOR_TYPES.toSorted());
});

test('the tokens of a text are counted by the model that is loaded, and not without one', async () => {
  const count = () =>
    driven.service.obey({ type: 'countTokens', request: { requestId: 'p', text: 'hello hello' } }, []);
  count();
  driven.load();
  await driven.listener.model('ready');
  count();
  await driven.listener.until(() => driven.listener.of('tokenCount').length > 0);
  expect(driven.listener.of('tokenCount')).toHaveLength(1);
  expect(driven.listener.of('tokenCount')[0].tokens).toBeGreaterThan(1);
});
