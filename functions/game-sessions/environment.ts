import * as v from 'valibot';
import { milliseconds, optionalMilliseconds } from '#functions/environment-times.ts';

const Environment = v.object({
  /** The one table. */
  TABLE_NAME: v.string(),
  /** Whose bearer tokens are good, and for whom they must be; empty where the deployment was told nothing of them. */
  TOKEN_ISSUER: v.string(),
  TOKEN_AUDIENCE: v.string(),
  /** Where the issuer publishes its keys. */
  TOKEN_KEY_SET_URL: v.string(),
  RETENTION_SECONDS: milliseconds,
  IDLE_SECONDS: optionalMilliseconds,
  AWS_REGION: v.string(),
});

/** What the stack tells the function. Throws at start, and not at the first request, when something is missing. */
export const readEnvironment = (variables: NodeJS.ProcessEnv): v.InferOutput<typeof Environment> =>
  v.parse(Environment, variables);
