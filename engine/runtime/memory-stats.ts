import { budgetNow } from '../kv/budget-now.js';
import type { Compression } from '../kv/compression.js';
import type { KvCache } from '../kv/kv-cache.js';
import type { Losses } from '../kv/losses.js';
import { extentOf, type Policy } from '../kv/policy.js';
import { kvStats, rulesOf } from '../kv/stats.js';
import type { TokenSpan } from '../kv/token-span.js';
import type { KvStats } from '../types.js';

/** What a chat's figures are made of. */
interface HeldChat {
  cache: KvCache;
  losses: Losses;
  compression: Compression;
  /** What holds now. */
  bounds: Compression;
  policy: Policy;
  pinned: readonly TokenSpan[];
  tokensCached: number;
  promptEnd: number;
  /** A prompt that is being read: its tokens, and those that are new. */
  reading: { tokens: number; bytesBefore: number; fresh: number } | null;
}

export function memoryStats(chat: HeldChat): KvStats {
  const { cache, losses, policy, pinned, tokensCached, promptEnd, reading } = chat;
  const tokensSeen = reading?.tokens ?? tokensCached;
  const text = {
    tokensSeen,
    generatedTokens: reading ? 0 : Math.max(0, tokensCached - promptEnd),
    compression: chat.compression.choice,
    budgetBytes: budgetNow(chat.bounds, policy, cache, { reading, promptEnd, tokensSeen: tokensCached }),
    drops: losses.count,
    reading: reading !== null,
  };
  const prompt = extentOf(pinned, 0, tokensSeen - text.generatedTokens);
  return kvStats(cache, text, pinned, (layer) => rulesOf(policy, layer, prompt, losses.lostAttention(layer)));
}
