import {
  type Alias,
  CreateAliasCommand,
  type CreateAliasInput,
  DeleteAliasCommand,
  DeleteFleetCommand,
  DescribeAliasCommand,
  DescribeGameSessionDetailsCommand,
  DescribeGameSessionsCommand,
  ListAliasesCommand,
  type ListAliasesInput,
  paginateListAliases,
  ResolveAliasCommand,
  type RoutingStrategy,
  SearchGameSessionsCommand,
  UpdateAliasCommand,
  type UpdateAliasInput,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contentsOf } from '#test/support/contents.ts';
import { arn, createAlias, createFleet, sendTwice, uuid } from '#test/support/fleets.ts';
import { createGameSession, endOf, refusalOf } from '#test/support/game-lift.ts';
import { fleetId, type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const aliasArn = (aliasId: string | undefined) => `arn:aws:gamelift:us-east-1::alias/${aliasId}`;

const simple = { Type: 'SIMPLE', FleetId: fleetId } as const;
const terminal = { Type: 'TERMINAL', Message: 'Get version 2 at example.com.' } as const;
const unknownId = 'alias-00000000-0000-0000-0000-000000000000';

const create = async (members: Partial<CreateAliasInput> = {}): Promise<Alias> => {
  const command = new CreateAliasCommand({ Name: 'An alias', RoutingStrategy: simple, ...members });
  const { Alias } = await service.gameLift.send(command);
  return Alias ?? {};
};
const describeAlias = async (AliasId: string | undefined) =>
  (await service.gameLift.send(new DescribeAliasCommand({ AliasId }))).Alias;
const update = async (AliasId: string | undefined, members: Partial<UpdateAliasInput>) =>
  (await service.gameLift.send(new UpdateAliasCommand({ AliasId, ...members }))).Alias;
const resolve = (AliasId: string | undefined) => service.gameLift.send(new ResolveAliasCommand({ AliasId }));
const remove = (AliasId: string | undefined) => service.gameLift.send(new DeleteAliasCommand({ AliasId }));

const invalid = (message: string | RegExp) => ({
  error: 'InvalidRequestException',
  status: 400,
  message: typeof message === 'string' ? message : expect.stringMatching(message),
});
const notFound = (message: string) => ({ error: 'NotFoundException', status: 400, message });

describe('CreateAlias', () => {
  test('creates an alias that leads to a fleet, and answers with all that it is', async () => {
    const created = await create({ Description: 'For the tests' });
    expect(created).toStrictEqual({
      AliasId: expect.stringMatching(new RegExp(`^alias-${uuid}$`)),
      AliasArn: aliasArn(created.AliasId),
      Name: 'An alias',
      Description: 'For the tests',
      RoutingStrategy: simple,
      CreationTime: new Date(service.clock.now()),
      LastUpdatedTime: new Date(service.clock.now()),
    });
    expect(await describeAlias(created.AliasId)).toStrictEqual(created);
    expect(await describeAlias(created.AliasArn)).toStrictEqual(created);
  });

  test('creates another alias of the same name each time', async () => {
    const [one, other] = [await create(), await create()];
    expect(one.AliasId).not.toBe(other.AliasId);
  });

  test('creates one alias, though the answer to the first try was lost', async () => {
    const Name = 'Once and no more';
    const { Alias } = await sendTwice(service, (gameLift) =>
      gameLift.send(new CreateAliasCommand({ Name, RoutingStrategy: simple })),
    );
    const { Aliases } = await service.gameLift.send(new ListAliasesCommand({ Name }));
    expect(Aliases).toStrictEqual([Alias]);
  });

  test('drops what the type of routing has no use for', async () => {
    const both = { FleetId: fleetId, Message: 'Gone' };
    const { RoutingStrategy: ends } = await create({ RoutingStrategy: { Type: 'TERMINAL', ...both } });
    expect(ends).toStrictEqual({ Type: 'TERMINAL', Message: 'Gone' });
    const { RoutingStrategy: leads } = await create({ RoutingStrategy: { Type: 'SIMPLE', ...both } });
    expect(leads).toStrictEqual({ Type: 'SIMPLE', FleetId: fleetId });
  });

  test('takes everything at its largest together', async () => {
    // Characters of four bytes each.
    const text = (length: number) => '\u{1f409}'.repeat(length);
    const key = (number: number) => `${text(126)}${String.fromCodePoint(0x1f500 + number)}\u{1f409}`;
    const whole = {
      Name: text(1_024),
      Description: text(1_024),
      RoutingStrategy: { Type: 'TERMINAL', Message: text(16_384) },
      Tags: Array.from({ length: 200 }, (_, number) => ({ Key: key(number), Value: text(256) })),
    } as const;
    const created = await create({ ...whole, Tags: [...whole.Tags] });
    const { Tags: _, ...shown } = whole;
    expect(await describeAlias(created.AliasId)).toMatchObject(shown);
    expect(await update(created.AliasId, shown)).toMatchObject(shown);
  });

  describe('is refused, and nothing is written,', () => {
    beforeEach(async () => {
      const before = await contentsOf(service.table);
      return async () => expect(await contentsOf(service.table)).toEqual(before);
    });

    test.each<[string, Partial<RoutingStrategy>, string]>([
      [
        'without a type of routing',
        { FleetId: fleetId },
        'RoutingStrategy must have a Type: SIMPLE or TERMINAL.',
      ],
      [
        'where it leads to no fleet',
        { Type: 'SIMPLE' },
        'RoutingStrategy must have the FleetId that a SIMPLE alias leads to.',
      ],
      [
        'where it leads to a fleet that does not exist',
        { Type: 'SIMPLE', FleetId: 'fleet-nowhere' },
        'RoutingStrategy has the FleetId fleet-nowhere, which was not found.',
      ],
      [
        'where it ends without a message',
        { Type: 'TERMINAL' },
        'RoutingStrategy must have the Message that callers of a TERMINAL alias get.',
      ],
      [
        'where it ends with an empty message',
        { Type: 'TERMINAL', Message: '' },
        'RoutingStrategy must have the Message that callers of a TERMINAL alias get.',
      ],
      [
        'where its message is too large to be kept',
        { Type: 'TERMINAL', Message: `${'\u{1f409}'.repeat(16_384)}!` },
        'RoutingStrategy has a Message that takes 65537 bytes in UTF-8, more than 65536.',
      ],
    ])('%s', async (_, RoutingStrategy, message) => {
      expect(await refusalOf(create({ RoutingStrategy }))).toEqual(invalid(message));
      const { Aliases } = await service.gameLift.send(new ListAliasesCommand({ Limit: 1 }));
      expect(await refusalOf(update(Aliases?.[0]?.AliasId, { RoutingStrategy }))).toEqual(invalid(message));
    });

    test('where it leads to the ARN of a fleet', async () => {
      const RoutingStrategy = { Type: 'SIMPLE', FleetId: arn(`fleet/${fleetId}`) } as const;
      expect(await refusalOf(create({ RoutingStrategy }))).toEqual(invalid(/'routingStrategy.fleetId'/));
    });
  });
});

describe('UpdateAlias', () => {
  test('changes what is given, and leaves the rest as it is', async () => {
    const created = await create({ Description: 'Before' });
    service.clock.turn(1_000);
    const changed = { ...created, Name: 'Renamed', LastUpdatedTime: new Date(service.clock.now()) };
    expect(await update(created.AliasArn, { Name: 'Renamed' })).toStrictEqual(changed);
    expect(await update(created.AliasId, { Description: 'After' })).toStrictEqual({
      ...changed,
      Description: 'After',
    });
    expect(await describeAlias(created.AliasId)).toStrictEqual({ ...changed, Description: 'After' });
  });

  test('moves an alias to another fleet, and to nowhere', async () => {
    const other = await createFleet(service);
    const { AliasId } = await create();
    await update(AliasId, { RoutingStrategy: { Type: 'SIMPLE', FleetId: other.FleetId } });
    expect(await resolve(AliasId)).toMatchObject({ FleetId: other.FleetId });
    const ended = await update(AliasId, { RoutingStrategy: terminal });
    expect(ended?.RoutingStrategy).toStrictEqual(terminal);
    expect(await endOf(resolve(AliasId))).toBe('TerminalRoutingStrategyException');
  });

  test('changes nothing but the time where nothing is given', async () => {
    const created = await create();
    service.clock.turn(1_000);
    expect(await update(created.AliasId, {})).toStrictEqual({
      ...created,
      LastUpdatedTime: new Date(service.clock.now()),
    });
  });

  test('by many at once, each of another member, keeps what each has changed', async () => {
    const { AliasId } = await create();
    await Promise.all([
      update(AliasId, { Name: 'New' }),
      update(AliasId, { Description: 'Newer' }),
      update(AliasId, { RoutingStrategy: terminal }),
    ]);
    expect(await describeAlias(AliasId)).toMatchObject({
      Name: 'New',
      Description: 'Newer',
      RoutingStrategy: terminal,
    });
  });

  test('of an alias that does not exist makes none', async () => {
    expect(await refusalOf(update(unknownId, { Name: 'New' }))).toEqual(
      notFound(`Alias ${unknownId} was not found.`),
    );
    expect(await endOf(describeAlias(unknownId))).toBe('NotFoundException');
  });
});

describe('ResolveAlias', () => {
  test('gives the fleet that the alias leads to', async () => {
    const { AliasId, AliasArn } = await create();
    for (const id of [AliasId, AliasArn]) {
      const { $metadata: _, ...answer } = await resolve(id);
      expect(answer).toStrictEqual({ FleetId: fleetId, FleetArn: arn(`fleet/${fleetId}`) });
    }
  });

  test('says so when the fleet is gone, and the alias can be moved', async () => {
    const { FleetId } = await createFleet(service);
    const { AliasId } = await create({ RoutingStrategy: { Type: 'SIMPLE', FleetId } });
    await service.gameLift.send(new DeleteFleetCommand({ FleetId }));
    expect(await refusalOf(resolve(AliasId))).toEqual(
      notFound(`Alias ${AliasId} leads to fleet ${FleetId}, which was not found.`),
    );
    expect(await endOf(update(AliasId, { Name: 'Renamed all the same' }))).toBe('answered');
    await update(AliasId, { RoutingStrategy: simple });
    expect(await resolve(AliasId)).toMatchObject({ FleetId: fleetId });
  });
});

describe('wherever a request names a fleet by an alias', () => {
  const sends: readonly (readonly [name: string, send: (AliasId: string) => Promise<unknown>])[] = [
    ['CreateGameSession', (AliasId) => createGameSession(service.gameLift, { FleetId: undefined, AliasId })],
    [
      'DescribeGameSessions',
      (AliasId) => service.gameLift.send(new DescribeGameSessionsCommand({ AliasId })),
    ],
    [
      'DescribeGameSessionDetails',
      (AliasId) => service.gameLift.send(new DescribeGameSessionDetailsCommand({ AliasId })),
    ],
    ['SearchGameSessions', (AliasId) => service.gameLift.send(new SearchGameSessionsCommand({ AliasId }))],
    ['ResolveAlias', resolve],
  ];

  test.each(sends)('%s takes its id and its ARN', async (_, send) => {
    const aliasId = await createAlias(service, simple);
    expect(await endOf(send(aliasId))).toBe('answered');
    expect(await endOf(send(aliasArn(aliasId)))).toBe('answered');
  });

  test.each(sends)('%s tells the message of one that leads nowhere', async (_, send) => {
    const aliasId = await createAlias(service, terminal);
    for (const id of [aliasId, aliasArn(aliasId)]) {
      expect(await refusalOf(send(id))).toEqual({
        error: 'TerminalRoutingStrategyException',
        status: 400,
        message: terminal.Message,
      });
    }
  });

  test.each(sends)('%s does not find one of another deployment, or none at all', async (_, send) => {
    const aliasId = await createAlias(service, simple);
    for (const id of [
      unknownId,
      `alias-${'\u{1f409}'.repeat(250)}`,
      aliasArn(aliasId).replace('us-east-1', 'eu-west-1'),
      aliasArn(aliasId).replace('::', ':123456789012:'),
      aliasArn(aliasId).replace('arn:aws:', 'arn:aws-cn:'),
    ]) {
      expect(await refusalOf(send(id))).toEqual(notFound(`Alias ${id} was not found.`));
    }
  });

  test('the game session is created in the fleet behind it, and listed by both', async () => {
    const { FleetId } = await createFleet(service);
    const AliasId = await createAlias(service, { Type: 'SIMPLE', FleetId });
    const session = await createGameSession(service.gameLift, { FleetId: undefined, AliasId });
    expect(session).toMatchObject({ FleetId, FleetArn: arn(`fleet/${FleetId}`) });
    for (const named of [{ FleetId }, { AliasId }]) {
      const { GameSessions } = await service.gameLift.send(new DescribeGameSessionsCommand(named));
      expect(GameSessions?.map(({ GameSessionId }) => GameSessionId)).toEqual([session.GameSessionId]);
    }
  });

  test('a page goes on when the alias is replaced by the fleet behind it', async () => {
    const { FleetId } = await createFleet(service);
    const AliasId = await createAlias(service, { Type: 'SIMPLE', FleetId });
    for (let made = 0; made < 3; made++) await createGameSession(service.gameLift, { FleetId });
    const first = await service.gameLift.send(new DescribeGameSessionsCommand({ AliasId, Limit: 1 }));
    const { NextToken } = first;
    const rest = await service.gameLift.send(new DescribeGameSessionsCommand({ FleetId, NextToken }));
    const ids = [...(first.GameSessions ?? []), ...(rest.GameSessions ?? [])].map(
      (each) => each.GameSessionId,
    );
    expect(new Set(ids).size).toBe(3);
  });

  test('the fleet itself may not be named too', async () => {
    const AliasId = await createAlias(service, simple);
    expect(await refusalOf(createGameSession(service.gameLift, { FleetId: fleetId, AliasId }))).toEqual(
      invalid('Give either FleetId or AliasId, and not both.'),
    );
    expect(await refusalOf(createGameSession(service.gameLift, { FleetId: undefined }))).toEqual(
      invalid('Give either FleetId or AliasId, and not both.'),
    );
  });
});

describe('DeleteAlias', () => {
  test('leaves nothing of the alias', async () => {
    const { AliasId, AliasArn } = await create();
    await remove(AliasArn);
    for (const request of [describeAlias, resolve, remove, (id: string | undefined) => update(id, {})]) {
      expect(await refusalOf(request(AliasId))).toEqual(notFound(`Alias ${AliasId} was not found.`));
    }
    const { Aliases } = await service.gameLift.send(new ListAliasesCommand({}));
    expect(Aliases?.map((alias) => alias.AliasId)).not.toContain(AliasId);
  });

  test('answers its retry like its first try', async () => {
    const { AliasId } = await create();
    const deleted = sendTwice(service, (gameLift) => gameLift.send(new DeleteAliasCommand({ AliasId })));
    expect(await endOf(deleted)).toBe('answered');
  });

  test.each([aliasArn(unknownId).replace('us-east-1', 'eu-west-1'), unknownId])(
    'finds no %s',
    async (AliasId) => {
      expect(await endOf(remove(AliasId))).toBe('NotFoundException');
    },
  );
});

describe('ListAliases', () => {
  let many: Service;
  let all: readonly Alias[];
  beforeAll(async () => {
    many = await startService();
    const created: Alias[] = [];
    for (let number = 0; number < 7; number++) {
      const command = new CreateAliasCommand({
        Name: number % 2 === 0 ? 'even' : 'odd',
        RoutingStrategy: number < 3 ? simple : terminal,
      });
      const { Alias } = await many.gameLift.send(command);
      created.push(Alias ?? {});
    }
    all = created.toSorted((one, other) => (`${one.AliasId}` < `${other.AliasId}` ? -1 : 1));
  });
  afterAll(() => many.close());

  test('gives all of them in one page', async () => {
    const { Aliases, NextToken } = await many.gameLift.send(new ListAliasesCommand({}));
    expect(Aliases).toStrictEqual(all);
    expect(NextToken).toBeUndefined();
  });

  test.each<[string, ListAliasesInput]>([
    ['all', {}],
    ['those of a type', { RoutingStrategyType: 'TERMINAL' }],
    ['those of a name', { Name: 'odd' }],
    ['those of a name and a type', { Name: 'even', RoutingStrategyType: 'SIMPLE' }],
    ['none', { Name: 'eve' }],
  ])('gives %s one by one', async (_, filter) => {
    const listed: Alias[] = [];
    for await (const { Aliases = [] } of paginateListAliases(
      { client: many.gameLift, pageSize: 1 },
      filter,
    )) {
      expect(Aliases.length).toBeLessThanOrEqual(1);
      listed.push(...Aliases);
    }
    const { Name, RoutingStrategyType } = filter;
    expect(listed).toStrictEqual(
      all.filter(
        (alias) =>
          (Name ?? alias.Name) === alias.Name &&
          (RoutingStrategyType ?? alias.RoutingStrategy?.Type) === alias.RoutingStrategy?.Type,
      ),
    );
  });

  test('goes on with the same filter alone', async () => {
    const { NextToken } = await many.gameLift.send(new ListAliasesCommand({ Name: 'odd', Limit: 1 }));
    for (const filter of [{}, { Name: 'even' }, { Name: 'odd', RoutingStrategyType: 'SIMPLE' as const }]) {
      const sent = many.gameLift.send(new ListAliasesCommand({ ...filter, NextToken }));
      expect(await refusalOf(sent)).toEqual(invalid(/^NextToken is not one/));
    }
  });
});
