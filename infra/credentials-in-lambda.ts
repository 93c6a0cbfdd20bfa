/**
 * Stands in for the AWS SDK's search for credentials in the bundles of functions. Lambda puts them into the environment;
 * the other places that the SDK knows (files, single sign-on, instance metadata, other processes) do not exist there, and
 * the code that looks for them is a third of a bundle that is compiled at each cold start (docs/adr/0006).
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
