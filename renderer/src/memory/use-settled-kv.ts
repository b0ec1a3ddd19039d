import { useEffect, useState } from 'react';
import type { KvStats } from '../../../engine/types.js';
import { appStore } from '../store/store.js';

const REST_MS = 500;

/** The cache statistics at most twice a second: for tables, which React renders and screen readers read. */
export function useSettledKv(): KvStats | null {
  const [kv, setKv] = useState(() => appStore.getState().kv);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const settle = () => {
      timer = null;
      setKv(appStore.getState().kv);
    };
    const stop = appStore.subscribe((state, before) => {
      if (state.kv !== before.kv) timer ??= setTimeout(settle, REST_MS);
    });
    setKv(appStore.getState().kv);
    return () => {
      stop();
      if (timer) clearTimeout(timer);
    };
  }, []);
  return kv;
}
