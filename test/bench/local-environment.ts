import { localAccessKey, region } from '#infra/local/account.ts';

/** What a process needs to use the AWS SDK and nothing else of this machine's environment. */
export const localEnvironment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: localAccessKey.id,
  AWS_SECRET_ACCESS_KEY: localAccessKey.secret,
  ...more,
});
