import * as v from 'valibot';

const Environment = v.object({
  /** The one table. */
  TABLE_NAME: v.string(),
  /** The bus that events are published to. */
  EVENT_BUS_NAME: v.string(),
  /** Shown in ARNs. */
  ACCOUNT_ID: v.string(),
  AWS_REGION: v.string(),
});

/** What the stack tells the function. Throws at start, and not at the first record, when something is missing. */
export const readEnvironment = (variables: NodeJS.ProcessEnv): v.InferOutput<typeof Environment> =>
  v.parse(Environment, variables);
