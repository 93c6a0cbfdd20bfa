/** The function did not answer within its own time limit, or the gateway's. */
export class FunctionTimedOutError extends Error {
  override readonly name = 'FunctionTimedOutError';
}

/** The function threw or ended; what happened is in its log. */
export class FunctionFailedError extends Error {
  override readonly name = 'FunctionFailedError';
}
