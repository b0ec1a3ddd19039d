/** Everything about text that a model file says, in the form of Hugging Face's files, whatever the source format. */
export interface TokenizerFiles {
  /** Parsed tokenizer.json. */
  tokenizerJson: Record<string, unknown>;
  /** Parsed tokenizer_config.json, or its equivalent; at least what @huggingface/tokenizers reads. */
  tokenizerConfig: Record<string, unknown>;
  bosToken: string | null;
  eosToken: string | null;
  /** Ids that end an answer: end of sequence, end of turn. */
  endTokenIds: number[];
  /** A prompt begins with the bos token, also where the chat template does not write it. */
  addBosToken: boolean;
  /** Jinja source; null: the model has none. */
  chatTemplate: string | null;
  /** For people: "BPE (smollm)", "SentencePiece" … */
  kind: string;
}
