import type { KvCache } from '../../kv/kv-cache.js';
import { DeviceDecoder } from '../device/device-decoder.js';
import type { ModelSessions } from '../model-sessions.js';
import { Decoder } from './decoder.js';
import type { DecoderOptions, TokenDecoder } from './token-decoder.js';

/** For a cache where the model's sessions have theirs. */
export function createDecoder(
  sessions: ModelSessions,
  cache: KvCache,
  options: DecoderOptions = {},
): Promise<TokenDecoder> {
  const { device } = sessions.factory;
  return device ? DeviceDecoder.create(sessions, device, cache, options) : Decoder.create(sessions, cache, options);
}
