import { maximumLocations } from '#lib/fleets/fleet-locations.ts';
import { maximumTags } from '#lib/fleets/tags.ts';
import { maximumProperties } from '#lib/sessions/description.ts';
import { maximumGroup } from '#lib/sessions/reserve.ts';
import { integer, list, required, string, structure } from '#lib/wire/shapes.ts';

/** The shapes that several operations share, with the limits of the service model (API version 2015-10-01). */

export const fleetIdOrArn = string({
  min: 1,
  max: 512,
  pattern: '^[a-z]*fleet-[a-zA-Z0-9\\-]+$|^arn:.*:[a-z]*fleet\\/[a-z]*fleet-[a-zA-Z0-9\\-]+$',
});
export const aliasIdOrArn = string({ min: 1, max: 512, pattern: '^(alias-\\S+|arn:.*:alias\\/alias-\\S+)$' });
export const aliasName = string({ min: 1, max: 1024, pattern: '^.*\\S.*$' });
export const buildIdOrArn = string({ min: 1, max: 512, pattern: '^(build-\\S+|arn:.*:build\\/build-\\S+)$' });
/** A fleet's id where its ARN will not do. */
export const fleetId = string({ min: 1, max: 128, pattern: '^[a-z]*fleet-[a-zA-Z0-9\\-]+$' });
export const scriptIdOrArn = string({
  min: 1,
  max: 512,
  pattern: '^(script-\\S+|arn:.*:script\\/script-\\S+)$',
});

export const launchPath = string({ min: 1, max: 1024, pattern: '^[A-Za-z0-9_:.+\\/\\\\\\- ]+$' });
export const launchParameters = string({
  min: 1,
  max: 1024,
  pattern: '^[A-Za-z0-9_:.+\\/\\\\\\- =@;{},?\'\\[\\]"]+$',
});

/** What a compute is to be called. */
export const computeName = string({ min: 1, max: 128, pattern: '^[a-zA-Z0-9\\-]+(\\/[a-zA-Z0-9\\-]+)?$' });
/** A compute that is registered. */
export const computeNameOrArn = string({
  max: 1024,
  pattern: '^([a-zA-Z0-9\\-]+(\\/[a-zA-Z0-9\\-]+)?|arn:.*:compute\\/[a-zA-Z0-9\\-]+(\\/[a-zA-Z0-9\\-]+)?)$',
});
export const containerGroupDefinitionNameOrArn = string({
  min: 1,
  max: 512,
  pattern: '^[a-zA-Z0-9\\-]+$|^arn:.*:containergroupdefinition\\/[a-zA-Z0-9\\-]+(:[0-9]+)?$',
});
export const dnsName = string({ min: 1, max: 256, pattern: '^[0-9a-zA-Z_\\-\\.]+$' });
export const ipAddress = string({ min: 1, max: 128, pattern: '^[0-9A-Fa-f\\:\\.]+$', sensitive: true });

/** A GameSessionId in a request. */
export const arnString = string({ min: 1, max: 512, pattern: '^[a-zA-Z0-9:/-]+$' });
export const idString = string({ min: 1, max: 48, pattern: '^[a-zA-Z0-9-]+$' });
export const locationString = string({ min: 1, max: 64, pattern: '^[A-Za-z0-9\\-]+$' });
export const nonEmptyString = string({ min: 1, max: 1024 });

export const playerId = string({ min: 1, max: 1024, sensitive: true });
/** A group of players, of whom all come in or none. */
export const playerIds = list(playerId, { min: 1, max: maximumGroup });
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
  { max: maximumProperties },
);

export const protectionPolicy = string({ values: ['NoProtection', 'FullProtection'] });
export const anywhereConfiguration = structure({
  Cost: required(string({ min: 1, max: 11, pattern: '^\\d{1,5}(?:\\.\\d{1,5})?$' })),
});
export const metricGroups = list(string({ min: 1, max: 255 }), { max: 1 });

/** The locations that a fleet gets. */
export const locationConfigurations = list(structure({ Location: required(locationString) }), {
  min: 1,
  max: maximumLocations,
});
/** Locations of a fleet. */
export const locationNames = list(locationString, { min: 1, max: maximumLocations });

const tagKey = string({ min: 1, max: 128 });
export const tagKeys = list(tagKey, { min: 0, max: maximumTags });
export const tags = list(
  structure({ Key: required(tagKey), Value: required(string({ min: 0, max: 256 })) }),
  { min: 0, max: maximumTags },
);
/** The ARN of what is tagged. */
export const resourceArn = string({ min: 1, max: 1011 });
