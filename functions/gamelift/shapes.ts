import { integer, list, required, string, structure } from '#lib/wire/shapes.ts';

/** The shapes that several operations share, with the limits of the service model (API version 2015-10-01). */

export const fleetIdOrArn = string({
  min: 1,
  max: 512,
  pattern: '^[a-z]*fleet-[a-zA-Z0-9\\-]+$|^arn:.*:[a-z]*fleet\\/[a-z]*fleet-[a-zA-Z0-9\\-]+$',
});
export const aliasIdOrArn = string({ min: 1, max: 512, pattern: '^(alias-\\S+|arn:.*:alias\\/alias-\\S+)$' });
export const buildIdOrArn = string({ min: 1, max: 512, pattern: '^(build-\\S+|arn:.*:build\\/build-\\S+)$' });
export const scriptIdOrArn = string({
  min: 1,
  max: 512,
  pattern: '^(script-\\S+|arn:.*:script\\/script-\\S+)$',
});

/** A GameSessionId in a request. */
export const arnString = string({ min: 1, max: 512, pattern: '^[a-zA-Z0-9:/-]+$' });
export const idString = string({ min: 1, max: 48, pattern: '^[a-zA-Z0-9-]+$' });
export const locationString = string({ min: 1, max: 64, pattern: '^[A-Za-z0-9\\-]+$' });
export const nonEmptyString = string({ min: 1, max: 1024 });

export const playerId = string({ min: 1, max: 1024, sensitive: true });
export const playerData = string({ min: 1, max: 2048, sensitive: true });
export const playerSessionId = string({ min: 1, max: 128, pattern: '^psess-\\S+$' });

export const wholeNumber = integer({ min: 0 });
/** A page's size. */
export const limit = integer({ min: 1 });
export const nextToken = nonEmptyString;

export const gameProperties = list(
  structure({
    Key: required(string({ max: 32 })),
    Value: required(string({ max: 96, sensitive: true })),
  }),
  { max: 16 },
);

export const protectionPolicy = string({ values: ['NoProtection', 'FullProtection'] });

export const tags = list(
  structure({ Key: required(string({ min: 1, max: 128 })), Value: required(string({ min: 0, max: 256 })) }),
  { min: 0, max: 200 },
);
