/**
 * Merges of a SentencePiece BPE vocabulary, best first. SentencePiece joins the two neighbours whose union has the
 * highest score; a list of merges in the order of the scores of their unions does the same.
 *
 * @param pieces pieces that text may become, with their scores
 * Source: transformers, convert_slow_tokenizer.py, generate_merges
 */
export function mergesFromScores(pieces: ReadonlyMap<string, number>): [string, string][] {
  const merges: { left: string; right: string; score: number }[] = [];
  for (const [piece, score] of pieces) {
    for (let cut = 1; cut < piece.length; cut++) {
      const left = piece.slice(0, cut);
      if (!pieces.has(left)) continue;
      const right = piece.slice(cut);
      if (pieces.has(right)) merges.push({ left, right, score });
    }
  }
  merges.sort((a, b) => b.score - a.score || b.left.length - a.left.length || b.right.length - a.right.length);
  return merges.map(({ left, right }) => [left, right]);
}
