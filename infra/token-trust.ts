import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Token } from 'aws-cdk-lib/core';

/** Whose bearer tokens are good for the GameSession API. All three are known to whoever issues the tokens. */
export type TokenTrust = {
  /** The tokens' claim `iss`, to the letter. */
  readonly issuer: string;
  /** What the tokens' claim `aud` is or contains. */
  readonly audience: string;
  /** Where the issuer publishes its public keys, as a JSON Web Key Set: `https://...`. */
  readonly keySetUrl: string;
};

/** Tells the function whose tokens to trust. */
export function trustTokens(lambda: LambdaFunction, { issuer, audience, keySetUrl }: TokenTrust): void {
  lambda.addEnvironment('TOKEN_ISSUER', issuer);
  lambda.addEnvironment('TOKEN_AUDIENCE', audience);
  lambda.addEnvironment('TOKEN_KEY_SET_URL', keySetUrl);
}

/**
 * Checks what is known at synthesis. A value that CloudFormation fills in, such as a parameter, passes unseen.
 *
 * @throws Error that names the property.
 */
export function checkTokenTrust(tokens: TokenTrust): void {
  for (const [name, value] of Object.entries(tokens)) {
    if (value === '')
      throw new Error(`tokens.${name} is empty: without tokens, leave out the property tokens`);
  }
  const { keySetUrl } = tokens;
  // Whoever could change the keys on their way could issue tokens.
  if (!Token.isUnresolved(keySetUrl) && URL.parse(keySetUrl)?.protocol !== 'https:') {
    throw new Error(`tokens.keySetUrl must be an https URL, not '${keySetUrl}'`);
  }
}
