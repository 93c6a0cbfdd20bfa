import { CreateAliasCommand, TerminateGameSessionCommand } from '@aws-sdk/client-gamelift';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '#functions/gamelift/operations.ts';
import { operationsNotOffered } from '#functions/gamelift/operations-not-offered.ts';
import { registerCompute } from '#lib/fleets/computes.ts';
import { type WireErrorName, wireErrors } from '#lib/wire/errors.ts';
import { contentsOf } from '#test/support/contents.ts';
import { createFleet } from '#test/support/fleets.ts';
import { createGameSession, join } from '#test/support/game-lift.ts';
import { cborItem, cborMap } from '#test/support/random-cbor.ts';
import { nearlyRight } from '#test/support/random-input.ts';
import { handOver, type RawRequest, signed } from '#test/support/raw-request.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';
import { type Speaker, speakers } from '#test/support/speakers.ts';

let service: Service;
let known: Readonly<Record<string, readonly string[]>>;
beforeAll(async () => {
  service = await startService();
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 200 });
  const ended = await createGameSession(service.gameLift);
  await service.gameLift.send(
    new TerminateGameSessionCommand({
      GameSessionId: ended.GameSessionId,
      TerminationMode: 'FORCE_TERMINATE',
    }),
  );
  const { Alias } = await service.gameLift.send(
    new CreateAliasCommand({ Name: 'alias', RoutingStrategy: { Type: 'SIMPLE', FleetId: fleetId } }),
  );
  const hosting = await createFleet(service);
  await registerCompute(service.table, {
    fleetId: hosting.FleetId,
    name: 'machine',
    location,
    ipAddress: '127.0.0.1',
    createdAt: service.clock.now(),
  });
  known = {
    FleetId: [fleetId, hosting.FleetId],
    ComputeName: ['machine'],
    Location: [location],
    Locations: [location],
    LocationName: [location],
    GameSessionId: [GameSessionId, ended.GameSessionId],
    PlayerId: ['ada'],
    PlayerSessionId: [await join(service.gameLift, GameSessionId, 'ada')],
    AliasId: [Alias?.AliasId ?? ''],
    ResourceARN: [Alias?.AliasArn ?? ''],
    ComputeType: ['ANYWHERE'],
    NextToken: ['token'],
    SortExpression: ['maximumSessions ASC'],
    FilterExpression: ['hasAvailablePlayerSessions=true', "gameSessionProperties.a = 'b' AND NOT"],
  };
});
afterAll(() => service.close());

/** Hands over a request and sees that the answer is well-formed in the speaker's spelling, and no failure of the service. */
async function answerTo(speaker: Speaker, request: RawRequest): Promise<'answered' | 'refused'> {
  const { status, headers, bytes } = await handOver(service, request);
  expect(headers).toMatchObject({ ...speaker.headers, 'x-amzn-requestid': expect.any(String) });
  const body = speaker.decode(bytes);
  if (status === 200) {
    expect(body).toEqual(expect.any(Object));
    return 'answered';
  }
  expect(refusals(speaker)).toContainEqual({ status, body });
  return 'refused';
}

/** Every error as the speaker tells it, but the one that is the service's own fault. */
const refusals = (speaker: Speaker) =>
  Object.keys(wireErrors)
    .filter((name): name is WireErrorName => name !== 'InternalServiceException')
    .map((name) => speaker.refusal(name, expect.any(String)));

const isWrite = (operation: string) => /^(Put|Update|Delete|Transact|BatchWrite)/.test(operation);

/** Runs calls one after another, and sees that those which are refused leave the table as it was. */
async function eachLeavesNothing(
  speaker: Speaker,
  calls: fc.Arbitrary<RawRequest>,
  numRuns: number,
): Promise<void> {
  let contents = await contentsOf(service.table);
  await fc.assert(
    fc.asyncProperty(calls, async (request) => {
      service.wire.count();
      const end = await answerTo(speaker, request);
      if (!Object.keys(service.wire.count()).some(isWrite)) return;
      const now = await contentsOf(service.table);
      if (end === 'refused') expect(now).toEqual(contents);
      contents = now;
    }),
    { numRuns },
  );
}

const nested = fc
  .tuple(
    fc.constantFrom(
      ['[', ']'],
      ['{"a":', '}'],
      ['\x81', ''],
      ['\x9f', '\xff'],
      ['\xa1\x60', ''],
      ['\xc1', ''],
    ),
    fc.nat({ max: 100 }),
    fc.boolean(),
  )
  .map(([[start = '', end = ''], depth, isWhole]) =>
    Buffer.from(start.repeat(depth) + (isWhole ? `0${end.repeat(depth)}` : ''), 'latin1'),
  );

const randomBody = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map(Buffer.from),
  fc.json().map((json) => Buffer.from(json)),
  cborItem,
  cborMap,
  nested,
);

/** The body with its end cut off, or with bytes changed. */
const damaged = (body: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(body, fc.nat(), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }))
    .map(([whole, length, changes]) => {
      const bytes = Buffer.from(whole.subarray(0, changes.length === 0 ? length % whole.length : undefined));
      for (const [at, to] of changes) bytes[at % bytes.length] = to;
      return bytes;
    });

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** Nearly as much as a body may have. */
const much = 1_900_000;
const repeat = (text: string, end = '') =>
  Buffer.from(text.repeat(much / (text.length + end.length)) + end.repeat(much / (text.length + end.length)));

type Monster = readonly [name: string, body: Buffer];

/** Bodies that ask for more work or memory than they are worth. */
const monstersInJson: readonly Monster[] = [
  ['JSON lists in each other', repeat('[')],
  ['JSON lists in each other, to the end', repeat('[', ']')],
  ['JSON objects in each other', repeat('{"a":')],
  ['a JSON object of lists in each other', Buffer.from(`{"PlayerId":${repeat('[', ']')}}`)],
  ['a JSON number of as many digits', Buffer.from(`{"PlayerId":${repeat('1')}}`)],
  ['a JSON text of escapes', Buffer.from(`{"GameSessionId":"${repeat('\\u0061')}"}`)],
  ['a JSON object of as many members', Buffer.from(`{${repeat('"a":0,')}"a":0}`)],
];

const monstersInCbor: readonly Monster[] = [
  ['CBOR lists in each other', Buffer.alloc(much, 0x81)],
  ['CBOR lists of indefinite length in each other', Buffer.alloc(much, 0x9f)],
  ['CBOR maps in each other', Buffer.alloc(much, bytes('a1 60'))],
  ['CBOR maps of indefinite length in each other', Buffer.alloc(much, bytes('bf 60'))],
  ['CBOR tags in each other', Buffer.alloc(much, 0xc1)],
  ['CBOR lists that announce four thousand million entries each', Buffer.alloc(much, bytes('9a ffffffff'))],
  ['a CBOR list that announces more entries than can be', bytes('9b ffffffffffffffff')],
  ['a CBOR map that announces more entries than can be', bytes('bb ffffffffffffffff')],
  ['a CBOR text that announces more bytes than can be', bytes('7b ffffffffffffffff')],
  ['a CBOR decimal fraction of a quarter of a milliard digits', bytes('a1 6161 c4 82 1a 0fffffff 01')],
  ['a CBOR big number of as many bytes', Buffer.concat([bytes('c2 5a 001cfde0'), Buffer.alloc(much, 0xff)])],
  [
    'a CBOR list of as many numbers',
    Buffer.concat([bytes('a1 6161 9f'), Buffer.alloc(much, 0x20), bytes('ff')]),
  ],
  [
    'a CBOR text of as many parts',
    Buffer.concat([bytes('a1 6161 7f'), Buffer.alloc(much, 0x60), bytes('ff')]),
  ],
  [
    'a CBOR map of as many members',
    Buffer.concat([bytes('bf'), Buffer.alloc(much, bytes('6161 00')), bytes('ff')]),
  ],
];

const everyOperation = [...operations.keys()];
/** What ends things would soon leave nothing for the others to be right about. */
const harmless = everyOperation.filter((name) => !/^(De(lete|register)|Terminate)/.test(name));

describe.each(speakers.map((speaker) => [speaker.name, speaker] as const))('in %s', (_, speaker) => {
  const inputs = new Map<string, fc.Arbitrary<Buffer>>();
  beforeAll(() => {
    for (const [name, { input }] of operations) {
      inputs.set(name, nearlyRight(input, known).map(speaker.encode));
    }
  });
  const inputOf = (name: string) => inputs.get(name) ?? randomBody;

  test('any body of a stranger meets a well-formed error, whatever operation it is for', async () => {
    const names = fc.constantFrom(
      ...everyOperation,
      ...operationsNotOffered.keys(),
      'CreateUnicorn',
      '__proto__',
    );
    const bodies = fc.oneof(randomBody, damaged(inputOf('CreatePlayerSession')));
    const calls = fc.tuple(names, bodies).map(([name, body]) => speaker.unsigned(name, body));
    await eachLeavesNothing(speaker, calls, 1_000);
  });

  test('any body of the holder of a key meets a well-formed answer', async () => {
    const bodies = (name: string) => fc.oneof(randomBody, damaged(inputOf(name)));
    await eachLeavesNothing(speaker, signedCalls(speaker, everyOperation, bodies), 500);
  });

  test('any input that is nearly right meets a well-formed answer', async () => {
    await eachLeavesNothing(speaker, signedCalls(speaker, harmless, inputOf), 500);
  });

  test.each(speaker.name === 'CBOR' ? monstersInCbor : monstersInJson)(
    '%s is refused at once',
    async (__, body) => {
      for (const request of [
        speaker.unsigned('CreatePlayerSession', body),
        signed(service, speaker.unsigned('CreatePlayerSession', body)),
      ]) {
        const start = performance.now();
        expect(await answerTo(speaker, request)).toBe('refused');
        expect(performance.now() - start).toBeLessThan(3_000);
      }
    },
  );
});

const signedCalls = (
  speaker: Speaker,
  operationNames: readonly string[],
  bodyOf: (name: string) => fc.Arbitrary<Buffer>,
): fc.Arbitrary<RawRequest> =>
  fc
    .constantFrom(...operationNames)
    .chain((name) => bodyOf(name).map((body) => signed(service, speaker.unsigned(name, body))));
