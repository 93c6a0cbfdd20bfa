import * as v from 'valibot';
import { milliseconds, optionalMilliseconds } from '#functions/environment-times.ts';

const Environment = v.object({
  /** The one table. */
  TABLE_NAME: v.string(),
  /** The secret that holds the access keys. */
  ACCESS_KEYS_SECRET: v.string(),
  /** Shown in ARNs. */
  ACCOUNT_ID: v.string(),
  RETENTION_SECONDS: milliseconds,
  IDLE_SECONDS: optionalMilliseconds,
  /** Where game servers connect to, without a query. */
  GAME_SERVER_ENDPOINT: v.string(),
  AWS_REGION: v.string(),
});

/** What the stack tells the function. Throws at start, and not at the first request, when something is missing. */
export const readEnvironment = (variables: NodeJS.ProcessEnv): v.InferOutput<typeof Environment> =>
  v.parse(Environment, variables);
