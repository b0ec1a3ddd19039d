import koffi from 'koffi';

/** ORT runs on koffi's worker stack in asynchronous calls: its default of 256 KiB is little for deep operator code. */
const ASYNC_STACK_BYTES = 4 << 20;

// Refused once any library is loaded: so each of them is loaded here.
koffi.config({ async_stack_size: ASYNC_STACK_BYTES });

type Library = ReturnType<typeof koffi.load>;

/** koffi unloads a library whose handle was collected, and the next call of its functions would crash. */
const kept = new Map<string | null, Library>();

/** A library that stays for good; null: what the running program has itself. Throws koffi's error. */
export function loadLibrary(path: string | null): Library {
  const library = kept.get(path) ?? koffi.load(path);
  kept.set(path, library);
  return library;
}
