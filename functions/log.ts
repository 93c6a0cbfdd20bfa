// biome-ignore-all lint/suspicious/noConsole: a Lambda function logs by its console

/** What one line of the log says beside its message. Player ids, player data, keys and signatures never do. */
export type LogAttributes = Readonly<Record<string, string | number | undefined>>;

export type Log = {
  info(message: string, attributes?: LogAttributes): void;
  warn(message: string, attributes?: LogAttributes): void;
  error(message: string, attributes?: LogAttributes): void;
};

/**
 * The log of a function. Lambda itself writes each line as JSON with its time and level, and leaves out what is below the
 * function's level: a library for that would cost every cold start (docs/adr/0006).
 */
export const log: Log = {
  info: (message, attributes) => console.info({ event: message, ...attributes }),
  warn: (message, attributes) => console.warn({ event: message, ...attributes }),
  error: (message, attributes) => console.error({ event: message, ...attributes }),
};

/** What the log may hold of an exception. Its other members can be items of the table, with what players sent. */
export const describeError = (error: unknown): LogAttributes =>
  error instanceof Error
    ? { error: error.name, reason: error.message, stack: error.stack }
    : { error: 'not an Error' };
