import {
  CreatePlayerSessionCommand,
  DescribeFleetEventsCommand,
  DescribeGameSessionsCommand,
  type GameLiftClient,
  GameSessionFullException,
  ListFleetsCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGameSession, refusalOf } from '#test/support/game-lift.ts';
import { type RawRequest, sendRaw, signed, unsignedCbor } from '#test/support/raw-request.ts';
import { fleetId, type Service, startService } from '#test/support/service.ts';
import { speakerOf } from '#test/support/speakers.ts';
import { cborClient } from '#test/support/spellings.ts';

const speaker = speakerOf('CBOR');
const emptyMap = Buffer.of(0xa0);

let service: Service;
let gameLift: GameLiftClient;
beforeAll(async () => {
  service = await startService();
  gameLift = cborClient(service);
});
afterAll(async () => {
  gameLift.destroy();
  await service.close();
});

/** What a request meets, seen to be CBOR whatever it is. */
async function say(request: RawRequest) {
  const { status, headers, bytes } = await sendRaw(service.url, request);
  expect(headers).toMatchObject(speaker.headers);
  return { status, body: speaker.decode(bytes) };
}

const listed = { status: 200, body: { FleetIds: [fleetId] } };
const request = unsignedCbor('ListFleets', emptyMap);

describe('an SDK that speaks CBOR', () => {
  test('reads what it asked for, times included', async () => {
    const { GameSessionId } = await createGameSession(gameLift, { GameSessionData: 'x'.repeat(100_000) });
    service.clock.turn(123);
    const { PlayerSession } = await gameLift.send(
      new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'Zoë 🎮', PlayerData: 'data' }),
    );
    expect(PlayerSession).toMatchObject({
      PlayerId: 'Zoë 🎮',
      PlayerData: 'data',
      CreationTime: new Date(service.clock.now()),
    });
    const { GameSessions } = await gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
    expect(GameSessions).toMatchObject([
      { GameSessionData: 'x'.repeat(100_000), CurrentPlayerSessionCount: 1 },
    ]);
  });

  test('knows an exception of the service by its class, with message and request id', async () => {
    const { GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 0 });
    const sent = gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }));
    await expect(sent).rejects.toBeInstanceOf(GameSessionFullException);
    await expect(sent).rejects.toMatchObject({
      name: 'GameSessionFullException',
      message: `Game session ${GameSessionId} has 0 open slots for 1 player.`,
      $metadata: { httpStatusCode: 400, requestId: expect.any(String), attempts: 1 },
    });
  });

  test('is told by name what the front end refuses', async () => {
    const stranger = cborClient(service, {
      credentials: { accessKeyId: 'NOBODYSKEY', secretAccessKey: 'a guess' },
    });
    expect(await refusalOf(stranger.send(new ListFleetsCommand({})))).toEqual({
      error: 'UnrecognizedClientException',
      status: 400,
      message: 'The security token included in the request is invalid.',
    });
    expect(
      await refusalOf(gameLift.send(new DescribeFleetEventsCommand({ FleetId: fleetId }))),
    ).toMatchObject({
      error: 'ApiNotSupportedException',
      status: 400,
    });
  });

  test('whose clock is ten minutes off learns the time from the refusal', async () => {
    const late = cborClient(service, { systemClockOffset: -10 * 60_000 });
    const { $metadata } = await late.send(new ListFleetsCommand({}));
    expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 2 });
  });

  test('tries again when it is throttled, and gets its answer', async () => {
    let failures = 0;
    service.wire.breaks = () => (failures++ < 4 ? 'throttled' : undefined);
    const { $metadata } = await gameLift.send(new ListFleetsCommand({}));
    service.wire.breaks = () => undefined;
    expect($metadata.attempts).toBe(2);
  });
});

describe('a request in CBOR', () => {
  test.each(['GameLift', 'com.amazonaws.gamelift.GameLift'])('may name the service %s', async (name) => {
    const path = `/service/${name}/operation/ListFleets`;
    expect(await say(signed(service, { ...request, path }))).toEqual(listed);
  });

  test.each(['gamelift', 'GameLift_20151001', 'DynamoDB', 'com.amazonaws.gamelift', 'x.GameLift', '%20'])(
    'may not name the service %s',
    async (name) => {
      const path = `/service/${name}/operation/ListFleets`;
      expect(await say(signed(service, { ...request, path }))).toEqual(
        speaker.refusal(
          'UnknownOperationException',
          'The path must name an operation: /service/GameLift/operation/<operation>.',
        ),
      );
    },
  );

  test.each([
    ['bf ff', 'a map of indefinite length'],
    ['a1 654c696d6974 05', 'a limit'],
    ['bf 654c696d6974 19 0005 ff', 'a limit in more bytes than it needs'],
    ['bf 654c696d6974 f9 4500 ff', 'a limit as a half float'],
    ['a1 654c696d6974 f7', 'undefined'],
    ['a1 6454696d65 c1 1a 5796c464', 'a time that nobody asks for'],
  ])('may have the body %s: %s', async (hex) => {
    const body = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(await say(signed(service, unsignedCbor('ListFleets', body)))).toEqual(listed);
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['no protocol', { 'smithy-protocol': '' }, /^The header smithy-protocol must be rpc-v2-cbor\.$/],
    ['another protocol', { 'smithy-protocol': 'rpc-v2-json' }, /^The header smithy-protocol must be /],
    [
      'another content type',
      { 'content-type': 'application/json' },
      /^Content-Type must be application\/cbor\.$/,
    ],
    ['no content type', { 'content-type': '' }, /^Content-Type must be application\/cbor\.$/],
    [
      'the target of the other protocol',
      { 'x-amz-target': 'GameLift.ListFleets' },
      /must not have X-Amz-Target/,
    ],
    ['no target of the other protocol', { 'x-amz-target': '' }, /must not have X-Amz-Target/],
  ])('with %s is refused, signed or not', async (_, headers, message) => {
    const wrong = { ...request, headers: { ...request.headers, ...headers } };
    for (const sent of [wrong, signed(service, wrong)]) {
      expect(await say(sent)).toEqual(
        speaker.refusal('SerializationException', expect.stringMatching(message)),
      );
    }
  });

  test('without the header smithy-protocol is refused', async () => {
    const { 'smithy-protocol': _, ...headers } = request.headers;
    expect(await say(signed(service, { ...request, headers }))).toEqual(
      speaker.refusal('SerializationException', 'The header smithy-protocol must be rpc-v2-cbor.'),
    );
  });

  test('whose operation was changed on the way is refused: the path is part of what is signed', async () => {
    const { headers, body } = signed(service, request);
    const path = '/service/GameLift/operation/DescribeFleetAttributes';
    expect(await say({ path, headers, body })).toEqual(
      speaker.refusal(
        'InvalidSignatureException',
        expect.stringMatching(/^The request signature we calculated does not match/),
      ),
    );
  });

  test('that is not read whole is refused in CBOR: a body of JSON', async () => {
    expect(await say(signed(service, unsignedCbor('ListFleets', Buffer.from('{}'))))).toEqual(
      speaker.refusal('SerializationException', expect.any(String)),
    );
  });
});

test.each([
  ['GET', '/service/GameLift/operation/ListFleets'],
  ['POST', '/service/GameLift/operation/'],
  ['POST', '/service/GameLift/operation'],
  ['POST', '/v1/service/GameLift/operation/ListFleets'],
])('%s %s leads nowhere', async (method, path) => {
  expect((await sendRaw(service.url, { ...request, path }, method)).status).toBe(404);
});
