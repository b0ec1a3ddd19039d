/** The user stopped a command before it was done. */
export class StoppedError extends Error {}
