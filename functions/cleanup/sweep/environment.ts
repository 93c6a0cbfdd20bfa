import * as v from 'valibot';
import { milliseconds } from '#functions/environment-times.ts';

const Environment = v.object({
  /** The one table. */
  TABLE_NAME: v.string(),
  /** How long a session can be read once it has ended. */
  RETENTION_SECONDS: milliseconds,
  AWS_REGION: v.string(),
});

/** What the stack tells the function. Throws at start, and not at the first run, when something is missing. */
export const readEnvironment = (variables: NodeJS.ProcessEnv): v.InferOutput<typeof Environment> =>
  v.parse(Environment, variables);
