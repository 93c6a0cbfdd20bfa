import {
  CreateAliasCommand,
  CreateFleetCommand,
  CreateLocationCommand,
  DeleteFleetCommand,
  ListTagsForResourceCommand,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFleetAttributesCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFleet } from '#lib/fleets/fleets.ts';
import { idleTimeOf } from '#lib/fleets/idle-time.ts';
import { rejoinTimeOf } from '#lib/fleets/rejoin-time.ts';
import { reservationTimeOf } from '#lib/fleets/reservation-time.ts';
import { usualIdleTime } from '#lib/sessions/retention.ts';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf } from '#test/support/contents.ts';
import { arn, createAlias, createFleet, createLocations, sendTwice } from '#test/support/fleets.ts';
import { endOf, refusalOf } from '#test/support/game-lift.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

/** Tags as `key=value`, which reads better than the API's own pairs. */
const pairs = (...tags: string[]): Tag[] =>
  tags.map((each) => ({ Key: each.split('=')[0], Value: each.split('=')[1] }));
const give = (ResourceARN: string, ...tags: string[]) =>
  service.gameLift.send(new TagResourceCommand({ ResourceARN, Tags: pairs(...tags) }));
const take = (ResourceARN: string, ...TagKeys: string[]) =>
  service.gameLift.send(new UntagResourceCommand({ ResourceARN, TagKeys }));
const tagsOf = async (ResourceARN: string) => {
  const { Tags } = await service.gameLift.send(new ListTagsForResourceCommand({ ResourceARN }));
  return Tags?.map(({ Key, Value }) => `${Key}=${Value}`);
};

const newFleet = async (Tags?: Tag[]) => arn(`fleet/${(await createFleet(service, { Tags })).FleetId}`);
let made = 0;
const newLocation = async () => {
  const [name] = await createLocations(service, `custom-tagged-${made++}`);
  return arn(`location/${name}`);
};
const newAlias = async () =>
  `arn:aws:gamelift:us-east-1::alias/${await createAlias(service, { Type: 'SIMPLE', FleetId: fleetId })}`;

describe.each([
  ['a fleet', newFleet],
  ['a location', newLocation],
  ['an alias', newAlias],
])('%s', (_, newResource) => {
  let resource: string;
  beforeEach(async () => {
    resource = await newResource();
  });

  test('has no tags at first', async () => {
    expect(await tagsOf(resource)).toEqual([]);
  });

  test('gets tags, in the order in which they are given', async () => {
    await give(resource, 'team=red', 'stage=test');
    await give(resource, 'cost=', 'Team=blue');
    expect(await tagsOf(resource)).toEqual(['team=red', 'stage=test', 'cost=', 'Team=blue']);
  });

  test('gets a new value for a key that it has', async () => {
    await give(resource, 'team=red', 'stage=test');
    await give(resource, 'team=blue', 'more=yes');
    expect(await tagsOf(resource)).toEqual(['team=blue', 'stage=test', 'more=yes']);
  });

  test('loses the tags that are taken, and those that it does not have are passed over', async () => {
    await give(resource, 'team=red', 'stage=test');
    await take(resource, 'team', 'none');
    expect(await tagsOf(resource)).toEqual(['stage=test']);
    await take(resource, 'team');
    await take(resource);
    expect(await tagsOf(resource)).toEqual(['stage=test']);
  });

  test('keeps each of the tags that thirty callers give and take at the same time', async () => {
    const numbers = Array.from({ length: 15 }, (_, number) => number);
    await give(resource, ...numbers.map((number) => `old${number}=x`));
    const ends = await atOnce(30, 30, (number) =>
      endOf(number < 15 ? give(resource, `new${number}=y`) : take(resource, `old${number - 15}`)),
    );
    expect(new Set(ends)).toEqual(new Set(['answered']));
    expect((await tagsOf(resource))?.toSorted()).toEqual(
      numbers.map((number) => `new${number}=y`).toSorted(),
    );
  });

  test('has no more than two hundred tags', async () => {
    await give(resource, ...Array.from({ length: 199 }, (_, number) => `k${number}=v`));
    const before = await contentsOf(service.table);
    expect(await refusalOf(give(resource, 'k0=new', 'more=v', 'most=v'))).toEqual({
      error: 'TaggingFailedException',
      status: 400,
      message: `${resource} would have 201 tags, more than 200.`,
    });
    expect(await contentsOf(service.table)).toEqual(before);
    await give(resource, 'k0=new', 'more=v');
    expect(await tagsOf(resource)).toHaveLength(200);
    await take(resource, ...Array.from({ length: 199 }, (_, number) => `k${number}`));
    expect(await tagsOf(resource)).toEqual(['more=v']);
  });

  test('is not written where it is as it should be', async () => {
    await give(resource, 'team=red');
    service.wire.count();
    await give(resource, 'team=red');
    await take(resource, 'none');
    expect(service.wire.count()).toEqual({ GetItem: 2 });
  });

  test('gets its tags once, though the first answer was lost', async () => {
    const tagging = new TagResourceCommand({ ResourceARN: resource, Tags: pairs('team=red') });
    await sendTwice(
      service,
      (gameLift) => gameLift.send(tagging),
      () => give(resource, 'stage=test').then(() => undefined),
    );
    expect(await tagsOf(resource)).toEqual(['team=red', 'stage=test']);
  });

  test.each<[string, string[], string]>([
    ['a key twice', ['team=red', 'stage=test', 'team=blue'], 'Tags names the key team more than once.'],
    [
      'a key of AWS',
      ['aws:name=x'],
      'Tags names the key aws:name, and those that begin with aws: are reserved.',
    ],
    [
      'a key of AWS in capitals',
      ['AWS:name=x'],
      'Tags names the key AWS:name, and those that begin with aws: are reserved.',
    ],
  ])('does not get %s', async (__, tags, message) => {
    expect(await refusalOf(give(resource, ...tags))).toEqual({
      error: 'InvalidRequestException',
      status: 400,
      message,
    });
    expect(await tagsOf(resource)).toEqual([]);
  });
});

describe('tags are given at the creation too', () => {
  const Tags = pairs('team=red', 'stage=test');

  test('of a fleet, a location and an alias', async () => {
    const { FleetArn = '' } = await createFleet(service, { Tags });
    const { Location } = await service.gameLift.send(
      new CreateLocationCommand({ LocationName: 'custom-labelled', Tags }),
    );
    const routing = { Type: 'TERMINAL', Message: 'Gone' } as const;
    const { Alias } = await service.gameLift.send(
      new CreateAliasCommand({ Name: 'A', RoutingStrategy: routing, Tags }),
    );
    for (const resource of [FleetArn, Location?.LocationArn ?? '', Alias?.AliasArn ?? '']) {
      expect(await tagsOf(resource)).toEqual(['team=red', 'stage=test']);
    }
  });

  const creations = [
    [
      'CreateFleet',
      (given: Tag[]) =>
        service.gameLift.send(
          new CreateFleetCommand({
            Name: 'A',
            ComputeType: 'ANYWHERE',
            Locations: [{ Location: location }],
            Tags: given,
          }),
        ),
    ],
    [
      'CreateLocation',
      (given: Tag[]) =>
        service.gameLift.send(new CreateLocationCommand({ LocationName: 'custom-refused', Tags: given })),
    ],
    [
      'CreateAlias',
      (given: Tag[]) =>
        service.gameLift.send(
          new CreateAliasCommand({
            Name: 'A',
            RoutingStrategy: { Type: 'TERMINAL', Message: 'Gone' },
            Tags: given,
          }),
        ),
    ],
  ] as const;

  test.each(creations)('and %s refuses those that TagResource refuses', async (_, creation) => {
    const before = await contentsOf(service.table);
    for (const [tags, message] of [
      [pairs('a=1', 'a=2'), 'Tags names the key a more than once.'],
      [pairs('aws:a=1'), /^Tags names the key aws:a,/],
      [pairs('openslot:typo=1'), /^Tags names the key openslot:typo, which is no setting/],
    ] as const) {
      expect(await refusalOf(creation(tags))).toEqual({
        error: 'InvalidRequestException',
        status: 400,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      });
    }
    expect(await contentsOf(service.table)).toEqual(before);
  });
});

describe('the tag openslot:reservation-seconds', () => {
  const seconds = 'openslot:reservation-seconds';
  const reservationTime = async (resource: string) => {
    const fleet = await findFleet(service.table, resource.split('/')[1] ?? '');
    return fleet && reservationTimeOf(fleet);
  };

  test('says how long reservations in a fleet hold, until it is taken away', async () => {
    const fleet = await newFleet(pairs(`${seconds}=90`));
    expect(await reservationTime(fleet)).toBe(90_000);
    await give(fleet, `${seconds}=3600`, 'team=red');
    expect(await reservationTime(fleet)).toBe(3_600_000);
    await take(fleet, seconds);
    expect(await reservationTime(fleet)).toBeUndefined();
    expect(await tagsOf(fleet)).toEqual(['team=red']);
  });

  test.each(['1', '60', '3600', '0060'])('may be %s', async (value) => {
    const fleet = await newFleet();
    await give(fleet, `${seconds}=${value}`);
    expect(await reservationTime(fleet)).toBe(Number(value) * 1_000);
  });

  test.each(['0', '3601', '-1', '1.5', '', ' 60', '1e2', 'sixty', '10000', '٦٠'])(
    'may not be "%s"',
    async (value) => {
      const fleet = await newFleet(pairs(`${seconds}=30`));
      const message = `Tags gives a reservation ${value} seconds, which must be a whole number from 1 to 3600.`;
      const invalid = { error: 'InvalidRequestException', status: 400, message };
      expect(await refusalOf(give(fleet, 'team=red', `${seconds}=${value}`))).toEqual(invalid);
      expect(await refusalOf(newFleet(pairs(`${seconds}=${value}`)))).toEqual(invalid);
      expect(await tagsOf(fleet)).toEqual([`${seconds}=30`]);
    },
  );

  test.each(['openslot:reservation-second', 'Openslot:reservation-seconds', 'openslot:Reservation-seconds'])(
    'is told from %s, which looks like it and is no setting',
    async (key) => {
      expect(await refusalOf(give(await newFleet(), `${key}=60`))).toEqual({
        error: 'InvalidRequestException',
        status: 400,
        message: `Tags names the key ${key}, which is no setting: those that begin with openslot: are, and here there are ${seconds}, openslot:idle-hours, openslot:rejoin-seconds.`,
      });
    },
  );

  test('is no setting of anything but a fleet', async () => {
    const message = `Tags names the key ${seconds}, which is no setting: those that begin with openslot: are, and here there are none.`;
    for (const resource of [await newLocation(), await newAlias()]) {
      expect((await refusalOf(give(resource, `${seconds}=60`))).message).toBe(message);
    }
  });
});

describe('the tag openslot:idle-hours', () => {
  const hours = 'openslot:idle-hours';
  const idleTime = async (resource: string) => {
    const fleet = await findFleet(service.table, resource.split('/')[1] ?? '');
    return fleet && idleTimeOf(fleet, usualIdleTime);
  };

  test('says when idle sessions of a fleet are ended, or that they are not, until it is taken away', async () => {
    const fleet = await newFleet(pairs(`${hours}=2`));
    expect(await idleTime(fleet)).toBe(2 * 3_600_000);
    await give(fleet, `${hours}=never`, 'team=red');
    expect(await idleTime(fleet)).toBeUndefined();
    await take(fleet, hours);
    expect(await idleTime(fleet)).toBe(usualIdleTime);
  });

  test.each(['0', '8761', '-1', '1.5', '', ' 24', '1e2', 'Never', 'never ', '87600', '٦٠', 'undefined'])(
    'may not be "%s"',
    async (value) => {
      const fleet = await newFleet(pairs(`${hours}=30`));
      const message = `Tags ends sessions that are idle for ${value} hours, which must be a whole number from 1 to 8760, or never.`;
      const invalid = { error: 'InvalidRequestException', status: 400, message };
      expect(await refusalOf(give(fleet, 'team=red', `${hours}=${value}`))).toEqual(invalid);
      expect(await refusalOf(newFleet(pairs(`${hours}=${value}`)))).toEqual(invalid);
      expect(await tagsOf(fleet)).toEqual([`${hours}=30`]);
    },
  );

  test('is told from openslot:Idle-hours, which looks like it and is no setting', async () => {
    expect((await refusalOf(give(await newFleet(), 'openslot:Idle-hours=60'))).message).toBe(
      `Tags names the key openslot:Idle-hours, which is no setting: those that begin with openslot: are, and here there are openslot:reservation-seconds, ${hours}, openslot:rejoin-seconds.`,
    );
  });

  test('is no setting of anything but a fleet', async () => {
    const message = `Tags names the key ${hours}, which is no setting: those that begin with openslot: are, and here there are none.`;
    for (const resource of [await newLocation(), await newAlias()]) {
      expect((await refusalOf(give(resource, `${hours}=60`))).message).toBe(message);
    }
  });
});

describe('the tag openslot:rejoin-seconds', () => {
  const seconds = 'openslot:rejoin-seconds';
  const rejoinTime = async (resource: string) => {
    const fleet = await findFleet(service.table, resource.split('/')[1] ?? '');
    return fleet && rejoinTimeOf(fleet);
  };

  test('says how long seats of a fleet are kept, until it is taken away', async () => {
    const fleet = await newFleet();
    expect(await rejoinTime(fleet)).toBeUndefined();
    await give(fleet, `${seconds}=120`);
    expect(await rejoinTime(fleet)).toBe(120_000);
    await take(fleet, seconds);
    expect(await rejoinTime(fleet)).toBeUndefined();
  });

  test.each(['0', '3601', '1.5', '', 'never'])('may not be "%s"', async (value) => {
    const message = `Tags keeps a seat for ${value} seconds, which must be a whole number from 1 to 3600.`;
    expect(await refusalOf(give(await newFleet(), `${seconds}=${value}`))).toMatchObject({
      error: 'InvalidRequestException',
      message,
    });
  });
});

test('tags and other changes of a fleet at the same time are all kept', async () => {
  const { FleetId } = await createFleet(service);
  const ends = await atOnce(20, 20, (number) =>
    endOf(
      number % 2 === 0
        ? give(arn(`fleet/${FleetId}`), `k${number}=v`)
        : service.gameLift.send(new UpdateFleetAttributesCommand({ FleetId, Name: `Name ${number}` })),
    ),
  );
  expect(new Set(ends)).toEqual(new Set(['answered']));
  expect(await tagsOf(arn(`fleet/${FleetId}`))).toHaveLength(10);
  expect((await findFleet(service.table, FleetId))?.name).toMatch(/^Name /);
});

describe('an ARN', () => {
  const requests: readonly (readonly [string, (resource: string) => Promise<unknown>])[] = [
    ['TagResource', (resource) => give(resource, 'a=1')],
    ['UntagResource', (resource) => take(resource, 'a')],
    ['ListTagsForResource', (resource) => tagsOf(resource)],
  ];

  test.each(requests)('of what has no tags here is not found by %s', async (_, request) => {
    const aliasArn = await newAlias();
    const { FleetId, FleetArn = '' } = await createFleet(service);
    await service.gameLift.send(new DeleteFleetCommand({ FleetId }));
    const before = await contentsOf(service.table);
    for (const resource of [
      FleetArn,
      arn('fleet/fleet-nowhere'),
      arn('location/custom-none'),
      arn('fleet/'),
      arn(`fleet/${'x'.repeat(900)}`),
      arn(`location/custom-${'\u{1f409}'.repeat(300)}`),
      arn(`fleet/${fleetId}`).replace('us-east-1', 'eu-west-1'),
      arn(`fleet/${fleetId}`).replace('123456789012', '210987654321'),
      aliasArn.replace('::', ':123456789012:'),
      arn('gamesessionqueue/queue'),
      'arn:aws:gamelift:us-east-1::gamesession/fleet-1/custom-1/gsess-1',
      'arn:aws:s3:::bucket',
    ]) {
      expect(await refusalOf(request(resource))).toEqual({
        error: 'NotFoundException',
        status: 400,
        message: `Resource ${resource} was not found. Fleets, locations and aliases have tags; the answers that show one show its ARN.`,
      });
    }
    expect(await contentsOf(service.table)).toEqual(before);
  });

  test.each(requests)('that is none is refused by %s', async (_, request) => {
    for (const resource of [fleetId, 'x', ' ', 'arn:', 'arn:aws:gamelift:us-east-1:fleet/fleet-1']) {
      expect(await refusalOf(request(resource))).toEqual({
        error: 'InvalidRequestException',
        status: 400,
        message: `ResourceARN must be the ARN of a resource, not ${resource}.`,
      });
    }
  });
});
