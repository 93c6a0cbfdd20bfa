import { randomUUID } from 'node:crypto';
import { FunctionFailedError, FunctionTimedOutError } from './function-errors.ts';

/** Invokes a function, named by its logical id, under Lambda's id for the request, and gives what its handler returned. */
export type InvokeWith<Event> = (functionId: string, event: Event, requestId: string) => Promise<unknown>;

/** The function that a route leads to. */
export type Integration = {
  /** The function's logical id. */
  readonly functionId: string;
  /** How long the gateway waits for it. */
  readonly timeoutMs: number;
};

/**
 * Invokes the function, and waits no longer than the gateway does.
 *
 * @throws FunctionTimedOutError, and whatever `invoke` rejects with
 */
export async function invokeInTime<Event>(
  { functionId, timeoutMs }: Integration,
  event: Event,
  invoke: InvokeWith<Event>,
): Promise<unknown> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new FunctionTimedOutError()), timeoutMs);
  try {
    return await Promise.race([invoke(functionId, event, randomUUID()), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Writes what nobody expected to the standard error. What a function failed by is in its log already. */
export function tellUnexpected(error: unknown): void {
  if (error instanceof FunctionFailedError || error instanceof FunctionTimedOutError) return;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
