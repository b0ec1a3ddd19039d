import { expect, it } from 'vitest';
import { droppedModel } from './dropped-model.js';

interface Dropped {
  name: string;
  isFolder?: boolean;
}

/** As the browser hands it over. */
function transfer(...dropped: Dropped[]): DataTransfer {
  const items = dropped.map(({ name, isFolder = false }) => ({
    getAsFile: () => ({ name }),
    webkitGetAsEntry: () => ({ isDirectory: isFolder }),
  }));
  return { items } as unknown as DataTransfer;
}

const pathOf = ({ name }: File) => `/there/${name}`;

it.each<[Dropped[], string | null]>([
  [[{ name: 'a.gguf' }], '/there/a.gguf'],
  [[{ name: 'A.GGUF' }], '/there/A.GGUF'],
  [[{ name: 'model.safetensors' }], '/there/model.safetensors'],
  [[{ name: 'tensors', isFolder: true }], '/there/tensors'],
  [[{ name: 'notes.txt' }, { name: 'a.gguf' }], '/there/a.gguf'],
  [[{ name: 'notes.txt' }], null],
  [[{ name: 'gguf' }], null],
  [[], null],
])('%j is the model %j', (dropped, path) => expect(droppedModel(transfer(...dropped), pathOf)).toBe(path));

it('a text that is dropped, or a file that lies nowhere, is no model', () => {
  expect(droppedModel(null, pathOf)).toBeNull();
  const text = { items: [{ getAsFile: () => null, webkitGetAsEntry: () => null }] } as unknown as DataTransfer;
  expect(droppedModel(text, pathOf)).toBeNull();
  expect(droppedModel(transfer({ name: 'a.gguf' }), () => '')).toBeNull();
});
