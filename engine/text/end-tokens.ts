/** Control tokens that end an answer whichever model has them; files often name only one of theirs. */
const END_TOKENS: ReadonlySet<string> = new Set([
  '<|eot_id|>',
  '<|eom_id|>',
  '<|im_end|>',
  '<|end|>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<end_of_turn>',
  '<EOT>',
  '<end_of_utterance>',
]);

/** Whether a token is for the model's eyes only by its name, whatever the file says: <|im_start|>, <EOT>. */
export function looksLikeControl(token: string): boolean {
  return END_TOKENS.has(token) || /^<\|[^\s|]+\|>$/.test(token);
}

/**
 * Ids that end an answer: those that the file names and control tokens known for it, ascending.
 *
 * Source of the names: llama.cpp, src/llama-vocab.cpp, special_eog_ids
 */
export function endTokenIds(named: Iterable<number>, controlTokens: Iterable<readonly [string, number]>): number[] {
  const ids = new Set(named);
  for (const [content, id] of controlTokens) if (END_TOKENS.has(content)) ids.add(id);
  return [...ids].sort((a, b) => a - b);
}
