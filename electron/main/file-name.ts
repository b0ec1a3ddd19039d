/** Of a title, what a file may be called everywhere. */
export function safeName(title: string, otherwise: string): string {
  return (
    title
      .replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ')
      .replace(/^[.\s]+|[.\s]+$/g, '')
      .slice(0, 100) || otherwise
  );
}
