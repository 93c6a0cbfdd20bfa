import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredItem } from '#lib/table/client.ts';
import type { WireErrorName } from '#lib/wire/errors.ts';
import { contentsOf } from '#test/support/contents.ts';
import { createGameSession } from '#test/support/game-lift.ts';
import { type RawRequest, sendRaw, signed } from '#test/support/raw-request.ts';
import { accessKeysOf, credentials, fleetId, type Service, startService } from '#test/support/service.ts';
import { type Speaker, speakers } from '#test/support/speakers.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const reader = { accessKeyId: 'READSONLY', secretAccessKey: 'a secret of a reader' };
const backend = { accessKeyId: 'GAMEBACKEND', secretAccessKey: 'a secret of a game' };

let service: Service;
let GameSessionId: string;
beforeAll(async () => {
  service = await startService({
    accessKeys: accessKeysOf(
      credentials,
      { ...reader, role: 'read-only' },
      { ...backend, role: 'game-backend' },
    ),
  });
  ({ GameSessionId } = await createGameSession(service.gameLift));
});
afterAll(() => service.close());
afterEach(() => {
  service.wire.breaks = () => undefined;
});

/** Sends a request and gives what it meets, once it is seen to be in the speaker's spelling. */
async function say(speaker: Speaker, request: RawRequest) {
  const { status, headers, bytes } = await sendRaw(service.url, request);
  expect(headers).toMatchObject({ ...speaker.headers, 'x-amzn-requestid': expect.stringMatching(uuid) });
  return { status, body: speaker.decode(bytes) };
}

type Key = { readonly accessKeyId: string; readonly secretAccessKey: string };

describe.each(speakers.map((speaker) => [speaker.name, speaker] as const))('in %s', (_, speaker) => {
  const unsigned = (operation: string, input: object) => speaker.unsigned(operation, speaker.encode(input));
  const call = (operation: string, input: object, key: Key = credentials) =>
    say(speaker, signed(service, unsigned(operation, input), key));
  const join = (PlayerId: string) => unsigned('CreatePlayerSession', { GameSessionId, PlayerId });

  describe('a failure is told in the spelling of the request, and nothing is written', () => {
    let before: readonly StoredItem[];
    beforeEach(async () => {
      before = await contentsOf(service.table);
      return async () => expect(await contentsOf(service.table)).toEqual(before);
    });

    test.each<[string, () => RawRequest, WireErrorName, RegExp]>([
      [
        'a body that cannot be read',
        () => speaker.unsigned('CreatePlayerSession', Buffer.of(0xff)),
        'SerializationException',
        /^The request body /,
      ],
      [
        'a body that is no object',
        () => speaker.unsigned('CreatePlayerSession', speaker.encode([])),
        'SerializationException',
        /^The request body must be a (JSON object|CBOR map)$/,
      ],
      [
        'a body that is too long',
        () => speaker.unsigned('CreatePlayerSession', Buffer.alloc(2_000_001, ' ')),
        'SerializationException',
        /^The request body has more than 2000000 bytes\.$/,
      ],
      [
        'an unknown operation',
        () => unsigned('CreateUnicorn', {}),
        'UnknownOperationException',
        / must name /,
      ],
      [
        'an operation in another case',
        () => unsigned('listFleets', {}),
        'UnknownOperationException',
        / must name an operation/,
      ],
      [
        'an operation that is not offered',
        () => unsigned('CreateBuild', {}),
        'ApiNotSupportedException',
        /^CreateBuild is an operation of GameLift that Openslot does not offer: /,
      ],
      [
        'no signature',
        () => join('ada'),
        'MissingAuthenticationTokenException',
        /^Missing Authentication Token$/,
      ],
      [
        'half a signature',
        () => {
          const request = signed(service, join('ada'));
          const Authorization = request.headers['Authorization']?.replace(/, Signature=.*/, '') ?? '';
          return { ...request, headers: { ...request.headers, Authorization } };
        },
        'IncompleteSignatureException',
        /requires 'Signature'/,
      ],
      [
        'an unknown key',
        () => signed(service, join('ada'), { accessKeyId: 'NOBODYSKEY' }),
        'UnrecognizedClientException',
        /token included in the request is invalid/,
      ],
      [
        'a wrong secret',
        () => signed(service, join('ada'), { secretAccessKey: 'a guess' }),
        'InvalidSignatureException',
        /^The request signature we calculated does not match/,
      ],
      [
        'a body that was changed',
        () => ({ ...signed(service, join('ada')), body: join('eve').body }),
        'InvalidSignatureException',
        /^The request signature we calculated does not match/,
      ],
      [
        'a request of yesterday',
        () => signed(service, join('ada'), { at: service.clock.now() - 86_400_000 }),
        'InvalidSignatureException',
        /^Signature expired: /,
      ],
      [
        'a role that may not do it',
        () => signed(service, join('ada'), reader),
        'AccessDeniedException',
        /^The role read-only of this access key does not allow CreatePlayerSession\.$/,
      ],
      [
        'a role that may not do it, whatever is in the body',
        () => signed(service, unsigned('CreateFleet', { Name: 5 }), backend),
        'AccessDeniedException',
        /^The role game-backend of this access key does not allow CreateFleet\.$/,
      ],
      [
        'a member of the wrong type',
        () => signed(service, unsigned('CreatePlayerSession', { GameSessionId, PlayerId: 5 })),
        'SerializationException',
        /^Expected a string at 'playerId', found a number$/,
      ],
      [
        'a member that is missing',
        () => signed(service, unsigned('CreatePlayerSession', { PlayerId: 'ada' })),
        'InvalidRequestException',
        /^1 validation error detected: Value null at 'gameSessionId' failed/,
      ],
      [
        'a game session that does not exist',
        () => signed(service, unsigned('CreatePlayerSession', { GameSessionId: 'nowhere', PlayerId: 'ada' })),
        'NotFoundException',
        /^Game session nowhere was not found/,
      ],
    ])('%s', async (__, request, error, message) => {
      expect(await say(speaker, request())).toEqual(speaker.refusal(error, expect.stringMatching(message)));
    });

    test.each([
      ['fails', 'server error', 'InternalServiceException'],
      ['turns requests away for their rate', 'throttled', 'ThrottlingException'],
    ] as const)('a table that %s', async (__, fault, error) => {
      service.wire.breaks = () => fault;
      const answer = await say(speaker, signed(service, join('ada')));
      service.wire.breaks = () => undefined;
      expect(answer).toEqual(speaker.refusal(error, expect.any(String)));
    });
  });

  test('a conflict of state is told as one', async () => {
    const full = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 0 });
    const input = { GameSessionId: full.GameSessionId, PlayerId: 'ada' };
    expect(await call('CreatePlayerSession', input)).toEqual(
      speaker.refusal('GameSessionFullException', expect.stringMatching(/has 0 open slots/)),
    );
  });

  test('what is wrong with a call is told in the order of the front end', async () => {
    const unreadable = Buffer.of(0xff);
    const badMember = speaker.encode({ PlayerId: 5 });
    const order = [
      [speaker.unsigned('CreateUnicorn', unreadable), 'SerializationException'],
      [speaker.unsigned('CreateUnicorn', badMember), 'UnknownOperationException'],
      [speaker.unsigned('CreatePlayerSession', badMember), 'MissingAuthenticationTokenException'],
      [signed(service, speaker.unsigned('CreatePlayerSession', badMember), reader), 'AccessDeniedException'],
      [signed(service, speaker.unsigned('CreatePlayerSession', badMember)), 'SerializationException'],
    ] as const;
    for (const [request, error] of order) {
      expect(await say(speaker, request)).toEqual(speaker.refusal(error, expect.any(String)));
    }
  });

  test('a caller without a body asks for nothing in particular', async () => {
    const request = signed(service, speaker.unsigned('ListFleets', Buffer.alloc(0)));
    expect((await say(speaker, request)).status).toBe(200);
  });

  test('members that nobody knows are ignored, and null counts as absent', async () => {
    expect((await call('ListFleets', { Limit: null, SomethingNew: { Deep: [1] } })).status).toBe(200);
  });

  test('a role may do what it is for', async () => {
    expect((await call('ListFleets', {}, reader)).status).toBe(200);
    expect((await say(speaker, signed(service, join(`back ${speaker.name}`), backend))).status).toBe(200);
  });
});

test('the three spell one player session alike, each in its own way', async () => {
  const CreationTime = service.clock.now();
  const seconds = CreationTime / 1_000;
  const [inAwsJson, inCbor, inPlainJson] = await Promise.all(
    speakers.map(async (speaker) => {
      const input = {
        GameSessionId: (await createGameSession(service.gameLift)).GameSessionId,
        PlayerId: 'ada',
      };
      return say(speaker, signed(service, speaker.unsigned('CreatePlayerSession', speaker.encode(input))));
    }),
  );
  const ids = {
    PlayerSessionId: expect.stringMatching(/^psess-/),
    PlayerId: 'ada',
    GameSessionId: expect.any(String),
    FleetId: fleetId,
    FleetArn: `arn:aws:gamelift:us-east-1:123456789012:fleet/${fleetId}`,
    Status: 'RESERVED',
  };
  expect(inAwsJson?.body).toEqual({ PlayerSession: { ...ids, CreationTime: seconds } });
  expect(inCbor?.body).toEqual({
    PlayerSession: { ...ids, CreationTime: expect.objectContaining({ tag: 1, value: seconds }) },
  });
  const created_at = new Date(CreationTime).toISOString().replace('.000Z', 'Z');
  expect(inPlainJson?.body).toEqual({
    success: true,
    data: {
      id: ids.PlayerSessionId,
      created_at,
      player_session_id: ids.PlayerSessionId,
      player_id: 'ada',
      game_session_id: ids.GameSessionId,
      fleet_id: fleetId,
      fleet_arn: ids.FleetArn,
      creation_time: created_at,
      status: 'RESERVED',
    },
  });
});
