import { type Limit, prefixed, text, whole } from './limit.ts';

/** The limits that several members share: the service model's (API version 2015-10-01). */

const arnOf = (kind: string) => `arn:aws:gamelift:us-east-1:123456789012:${kind}/${kind}-1`;

/** An id such as `alias-1`, or its ARN. */
export const idOrArn = (kind: string): Limit =>
  text({
    min: 1,
    max: 512,
    like: prefixed(`${kind}-`),
    pattern: `^(${kind}-\\S+|arn:.*:${kind}\\/${kind}-\\S+)$`,
    fits: [`${kind}-#`, arnOf(kind)],
    breaks: ['x', `${kind}-`, `${kind}-a b`, ` ${kind}-1`, `arn:aws:gamelift:us-east-1::${kind}/x`],
  });

export const gameSessionArn = text({
  min: 1,
  max: 512,
  pattern: '^[a-zA-Z0-9:/-]+$',
  fits: ['x', 'arn:aws:gamelift:us-east-1::gamesession/fleet-1/custom-1/gsess-1'],
  breaks: ['a b', 'a_b', 'ä', 'a\n'],
});
export const id = text({
  min: 1,
  max: 48,
  pattern: '^[a-zA-Z0-9-]+$',
  fits: ['-'],
  breaks: ['a_b', 'a/b', 'a b'],
});
export const fleetId = text({
  min: 1,
  max: 512,
  like: prefixed('fleet-'),
  pattern: '^[a-z]*fleet-[a-zA-Z0-9\\-]+$|^arn:.*:[a-z]*fleet\\/[a-z]*fleet-[a-zA-Z0-9\\-]+$',
  fits: ['fleet-1', 'containerfleet-A-1', arnOf('fleet')],
  breaks: ['x', 'fleet-', 'Fleet-1', 'fleet-a_b', ' fleet-1', 'arn:aws:gamelift:us-east-1::fleet/x'],
});
/** A fleet's id where its ARN will not do. */
export const bareFleetId = text({
  min: 1,
  max: 128,
  like: prefixed('fleet-'),
  pattern: '^[a-z]*fleet-[a-zA-Z0-9\\-]+$',
  fits: ['fleet-1', 'containerfleet-A-1'],
  breaks: ['x', 'fleet-', 'Fleet-1', 'fleet-a_b', ' fleet-1', arnOf('fleet')],
});
export const location = text({
  min: 1,
  max: 64,
  pattern: '^[A-Za-z0-9\\-]+$',
  fits: ['-'],
  breaks: ['a_b', 'a b'],
});
export const words = text({ min: 1, max: 1_024, fits: ['x', ' '] });
export const playerId = text({ min: 1, max: 1_024, fits: ['x', ' '], isSensitive: true });
export const playerData = text({ min: 1, max: 2_048, fits: ['x'], isSensitive: true });
export const wholeNumber = whole({ min: 0 });
export const positive = whole({ min: 1 });
export const protectionPolicy = text({ values: ['NoProtection', 'FullProtection'] });
export const page = { Limit: positive, NextToken: words };
export const launchPath = text({
  min: 1,
  max: 1_024,
  pattern: '^[A-Za-z0-9_:.+\\/\\\\\\- ]+$',
  fits: ['C:\\game\\a_b.exe', '/local/game/a+b -c'],
  breaks: ['a;b', 'a=b', 'ä'],
});
export const launchParameters = text({
  min: 1,
  max: 1_024,
  pattern: '^[A-Za-z0-9_:.+\\/\\\\\\- =@;{},?\'\\[\\]"]+$',
  fits: ['-map=\'a\' {"b": [1, 2]}; c@d?'],
  breaks: ['a&b', 'a|b', 'ä'],
});
