import { useEffect, useState } from 'react';
import type { KvMoment } from '../../../engine/trace/columns.js';
import { appStore } from '../store/store.js';
import { shownKv } from '../timeline/moment.js';

const REST_MS = 500;

/** The cache statistics at most twice a second: for tables, which React renders and screen readers read. */
export function useSettledKv(): KvMoment | null {
  const [kv, setKv] = useState(() => shownKv(appStore.getState()));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const settle = () => {
      timer = null;
      setKv(shownKv(appStore.getState()));
    };
    const stop = appStore.subscribe((state, before) => {
      if (shownKv(state) !== shownKv(before)) timer ??= setTimeout(settle, REST_MS);
    });
    setKv(shownKv(appStore.getState()));
    return () => {
      stop();
      if (timer) clearTimeout(timer);
    };
  }, []);
  return kv;
}
