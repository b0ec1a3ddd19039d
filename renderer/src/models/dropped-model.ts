/** The path of the first model among what was dropped: a GGUF or safetensors file, or a folder. */
export function droppedModel(dropped: DataTransfer | null, pathOf: (file: File) => string): string | null {
  const file = modelAmong(dropped);
  return file ? pathOf(file) || null : null;
}

export function holdsModel(dropped: DataTransfer | null): boolean {
  return modelAmong(dropped) !== null;
}

function modelAmong(dropped: DataTransfer | null): File | null {
  for (const item of dropped?.items ?? []) {
    const file = item.getAsFile();
    if (!file) continue;
    const isFolder = item.webkitGetAsEntry()?.isDirectory ?? false;
    if (isFolder || /\.(gguf|safetensors)$/i.test(file.name)) return file;
  }
  return null;
}
