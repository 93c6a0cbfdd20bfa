import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGameSession } from '#test/support/game-lift.ts';
import { type RawRequest, sendRaw, signed } from '#test/support/raw-request.ts';
import { fleetId, type Service, startService } from '#test/support/service.ts';
import { speakerOf } from '#test/support/speakers.ts';
import { callPlainJson } from '#test/support/spellings.ts';

const speaker = speakerOf('plain JSON');

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

async function say(request: RawRequest) {
  const { status, headers, bytes } = await sendRaw(service.url, request);
  expect(headers).toMatchObject(speaker.headers);
  return { status, body: speaker.decode(bytes) };
}

const headers = { 'content-type': 'application/json' };
const inQuery = { path: '/?X-Amz-Target=GameLift.ListFleets', headers, body: '{}' };
const inHeader = { path: '/', headers: { ...headers, 'x-amz-target': 'GameLift.ListFleets' }, body: '{}' };
const inBoth = { ...inHeader, path: inQuery.path };
const listed = { status: 200, body: { success: true, data: { fleet_ids: [fleetId] } } };

describe('the operation', () => {
  test.each([
    ['in the query', inQuery],
    [
      'in the query, with a slash before it left out',
      { ...inQuery, path: '?X-Amz-Target=GameLift.ListFleets' },
    ],
    ['in the query, beside something else', { ...inQuery, path: `${inQuery.path}&pretty=1` }],
    ['in the query, percent-encoded', { ...inQuery, path: '/?X-Amz-Target=GameLift%2EListFleets' }],
    ['in the query twice', { ...inQuery, path: `${inQuery.path}&X-Amz-Target=GameLift.ListFleets` }],
    ['in a header', inHeader],
    ['in both', inBoth],
  ])('may be named %s', async (_, request) => {
    expect(await say(signed(service, request))).toEqual(listed);
  });

  test.each([
    ['in the header and in the query', { ...inBoth, path: '/?X-Amz-Target=GameLift.DescribeGameSessions' }],
    ['in the query', { ...inQuery, path: `${inQuery.path}&X-Amz-Target=GameLift.CreateFleet` }],
    ['in the header, with an empty one in the query', { ...inBoth, path: '/?X-Amz-Target=' }],
  ])('is named once: two %s are refused', async (_, request) => {
    expect(await say(signed(service, request))).toEqual(
      speaker.refusal(
        'SerializationException',
        'X-Amz-Target is there more than once, with different values.',
      ),
    );
  });

  test.each([
    ['is missing', { ...inQuery, path: '/' }],
    ['is empty', { ...inQuery, path: '/?X-Amz-Target=' }],
    ['is of another service', { ...inQuery, path: '/?X-Amz-Target=DynamoDB.ListFleets' }],
    ['is under a name in another case', { ...inQuery, path: '/?x-amz-target=GameLift.ListFleets' }],
  ])('that %s is unknown', async (_, request) => {
    expect(await say(signed(service, request))).toEqual(
      speaker.refusal(
        'UnknownOperationException',
        'X-Amz-Target, as a header or in the query, must name an operation: GameLift.<operation>.',
      ),
    );
  });

  test('in a header must be signed', async () => {
    const request = signed(service, { ...inQuery, path: '/' });
    const added = { ...request.headers, 'x-amz-target': 'GameLift.ListFleets' };
    expect(await say({ ...request, headers: added })).toEqual(
      speaker.refusal(
        'InvalidSignatureException',
        "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
      ),
    );
  });

  test('in the query is part of what is signed', async () => {
    const request = { ...signed(service, inQuery), path: '/?X-Amz-Target=GameLift.DescribeFleetAttributes' };
    expect(await say(request)).toEqual(
      speaker.refusal('InvalidSignatureException', expect.stringMatching(/^The request signature/)),
    );
  });

  test('in the query is not taken from AWS JSON', async () => {
    const request = signed(service, {
      ...inQuery,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
    });
    const { status, body } = await sendRaw(service.url, request);
    expect({ status, body: JSON.parse(body) }).toMatchObject({
      status: 400,
      body: { __type: 'UnknownOperationException' },
    });
  });
});

test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
  'the content type %s is taken',
  async (type) => {
    expect(await say(signed(service, { ...inQuery, headers: { 'content-type': type } }))).toEqual(listed);
  },
);

test('a player joins, and is found, without an SDK', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  const joined = await callPlainJson(service, 'CreatePlayerSession', { GameSessionId, PlayerId: 'Zoë 🎮' });
  expect(joined).toMatchObject({
    status: 200,
    body: { success: true, data: { id: expect.stringMatching(/^psess-/), player_id: 'Zoë 🎮' } },
  });
  const found = await callPlainJson(service, 'DescribePlayerSessions', { GameSessionId, Limit: 10 });
  const { data } = Object(joined.body);
  expect(found).toEqual({ status: 200, body: { success: true, data: { player_sessions: [data] } } });
});

test('a long list goes on where its next_token says', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  for (const PlayerId of ['ada', 'ben', 'eve']) {
    await callPlainJson(service, 'CreatePlayerSession', { GameSessionId, PlayerId });
  }
  const players: unknown[] = [];
  let NextToken: unknown;
  do {
    const page = await callPlainJson(service, 'DescribePlayerSessions', {
      GameSessionId,
      Limit: 1,
      NextToken,
    });
    const { data } = Object(page.body);
    players.push(...data.player_sessions.map(({ player_id }: { readonly player_id: string }) => player_id));
    NextToken = data.next_token;
  } while (NextToken !== undefined);
  expect(players.toSorted()).toEqual(['ada', 'ben', 'eve']);
});
