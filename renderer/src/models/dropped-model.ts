/** The path of the first model among what was dropped: a GGUF or safetensors file, or a folder. */
export function droppedModel(dropped: DataTransfer | null, pathOf: (file: File) => string): string | null {
  for (const item of dropped?.items ?? []) {
    const file = item.getAsFile();
    if (!file) continue;
    const isFolder = item.webkitGetAsEntry()?.isDirectory ?? false;
    if (isFolder || /\.(gguf|safetensors)$/i.test(file.name)) return pathOf(file) || null;
  }
  return null;
}
