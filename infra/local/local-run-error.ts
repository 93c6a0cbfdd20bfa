/**
 * The local run cannot go on, for a reason that its user can do something about: a taken port, a missing Java, a
 * template with something in it that does not run locally. The message is one line and says what to do.
 */
export class LocalRunError extends Error {
  override readonly name = 'LocalRunError';
}
