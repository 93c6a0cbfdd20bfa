import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';

/** How long sessions are there. */
export type Lifetimes = {
  /** How long a session can be read once it has ended. */
  readonly retention: Duration;
  /** How long nobody may hold a slot in a session or touch it before it is ended. */
  readonly idleTime: Duration | 'never';
};

const shortest = Duration.hours(1);

/**
 * Checks both times: an hour at least, known at synthesis.
 *
 * @throws Error that names the property.
 */
export function checkLifetimes({ retention, idleTime }: Lifetimes): void {
  const durations = { retention, ...(idleTime !== 'never' && { idleTime }) };
  for (const [name, duration] of Object.entries(durations)) {
    if (duration.isUnresolved()) throw new Error(`${name} must be known at synthesis`);
    if (duration.toMilliseconds() < shortest.toMilliseconds()) {
      throw new Error(`${name} must be ${shortest.toHumanString()} or more, not ${duration.toHumanString()}`);
    }
  }
}

/** Tells the function how long a session can be read once it has ended. */
export function tellRetention(lambda: LambdaFunction, { retention }: Lifetimes): void {
  lambda.addEnvironment('RETENTION_SECONDS', String(retention.toSeconds()));
}

/** Tells the function what becomes of new sessions that nobody comes to; nothing where they are never ended for that. */
export function tellIdleTime(lambda: LambdaFunction, { idleTime }: Lifetimes): void {
  lambda.addEnvironment('IDLE_SECONDS', idleTime === 'never' ? '' : String(idleTime.toSeconds()));
}
