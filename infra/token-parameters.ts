/** The parameters of the stack that say whose bearer tokens to trust: the app declares them, the local run fills them in. */
export const tokenParameters = {
  issuer: 'TokenIssuer',
  audience: 'TokenAudience',
  keySetUrl: 'TokenKeySetUrl',
} as const;
