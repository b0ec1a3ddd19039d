export const TRACE_FORMAT = 'pyramid-chat-trace';
/** Goes up when a reader of the version before would misread what is new. */
export const TRACE_VERSION = 1;

/** What a trace has at most; older parts make room (thin.ts). */
export const MAX_SAMPLES = 1000;
export const MAX_TURNS = 200;
/** All turns together, but for one that is longer by itself. */
export const MAX_TOKENS = 65_536;

/** A file that is larger is none of ours. */
export const MAX_TRACE_BYTES = 64e6;
