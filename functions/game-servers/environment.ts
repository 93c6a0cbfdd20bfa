import * as v from 'valibot';
import { milliseconds } from '#functions/environment-times.ts';

const Environment = v.object({
  /** The one table. */
  TABLE_NAME: v.string(),
  /** Shown in ARNs. */
  ACCOUNT_ID: v.string(),
  RETENTION_SECONDS: milliseconds,
  /** Where server processes connect: a URL without a query. */
  GAME_SERVER_ENDPOINT: v.string(),
  AWS_REGION: v.string(),
});

/** What the stack tells the function. Throws at start, and not at the first request, when something is missing. */
export const readEnvironment = (variables: NodeJS.ProcessEnv): v.InferOutput<typeof Environment> =>
  v.parse(Environment, variables);
