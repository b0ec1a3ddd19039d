/** Something the set-up cannot get by itself: what went wrong, and what the user can do about it. */
export class SetupError extends Error {
  /**
   * @param {string} cause what is missing and why
   * @param {string} nextStep what to do now
   */
  constructor(cause, nextStep) {
    super(cause);
    this.name = 'SetupError';
    this.nextStep = nextStep;
  }
}

/**
 * Whether this machine's disk is the cause, so that no other source of the same file would do better.
 * @param {unknown} error
 */
export function isLocalFault(error) {
  const { code, cause } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  return ['ENOSPC', 'EACCES', 'EPERM', 'EROFS'].includes(code) || (cause !== undefined && isLocalFault(cause));
}

/**
 * What a person reads when the set-up fails: the cause, then the next step.
 * @param {unknown} error
 */
export function describeError(error) {
  if (error instanceof SetupError) return `${error.message}\n→ ${error.nextStep}`;
  const { code, path, message, cause } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  if (code === undefined && isLocalFault(cause)) return describeError(cause);
  if (code === 'ENOSPC')
    return 'The disk is full.\n→ Free about 2 GB and run the command again; it goes on where it stopped.';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `No permission to write ${path ?? 'here'}.\n→ Take ownership of this folder (a run as root may have left files), then run the command again.`;
  }
  return `${message ?? error}\n→ Run the command again; if it fails the same way, remove node_modules and .cache first.`;
}
