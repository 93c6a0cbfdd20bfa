import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawNumber } from '#lib/wire/exact-json.ts';
import { newSigner } from '#test/lib/auth/token-signer.ts';
import { contentsOf } from '#test/support/contents.ts';
import { sessionIdOf, tokenIn } from '#test/support/game-session-replies.ts';
import {
  audience,
  type GameSessions,
  issuer,
  type Reply,
  startGameSessions,
  type TestCaller,
  titleId,
  xuidOf,
} from '#test/support/game-sessions.ts';
import { create, dataOf, endOf, listed } from './cast.ts';

const xuid = '18446744073709551614';
const gamertag = 'Seekrit Ann';
const displayName = 'Seekrit name';
const customData = Buffer.from('seekrit of the session');
const playerData = dataOf('seekrit of the player');
const move = dataOf('seekrit move');

let service: GameSessions;
let ann: TestCaller;
let session: string;
beforeAll(async () => {
  service = await startGameSessions();
  ann = await service.player({ xuid, gamertag });
  const settings = { maxPlayers: 4, visibility: 'Everyone', playersCanBeRemovedBy: 'AnyPlayer' };
  session = await create(ann, { ...settings, displayName, customData: [...customData] });
  await ann.post(`${session}/players`, { customData: playerData });
  await ann.post(`${session}/queues/0/messages`, { data: move });
});
afterAll(() => service.close());

/** Nothing that anybody has said of themselves, of a session or in one. */
function expectNothingIn({ text, headers }: Reply): void {
  const answer = `${text} ${JSON.stringify(headers)}`;
  const secrets = [session.slice('/sessions/'.length), xuid, gamertag, displayName, playerData, move];
  for (const secret of [...secrets, [...customData].join(), 'eekrit']) expect(answer).not.toContain(secret);
  expect(headers).not.toHaveProperty('etag');
}

type Request = readonly [
  method: string,
  path: () => string,
  body?: object | undefined,
  headers?: Readonly<Record<string, string>> | undefined,
];

const player = { xuid: xuidOf(xuid), gamertag };
const toSession: readonly Request[] = [
  ['GET', () => session],
  ['GET', () => session, undefined, { 'if-none-match': '*' }],
  ['PATCH', () => session, { hasEnded: true }],
  ['PATCH', () => session, { variant: 7 }, { 'if-match': '"0-0"' }],
  ['POST', () => `${session}/players`],
  ['POST', () => `${session}/players`, { players: [player] }],
  ['PATCH', () => `${session}/players/${xuid}`, { customData: null }],
  ['DELETE', () => `${session}/players/${xuid}`],
  ['POST', () => `${session}/reservations`, { players: [{ xuid: 5 }] }],
  ['POST', () => `${session}/queues/0/messages`, { data: 'AAAA' }],
  ['POST', () => `${session}/queues/0/messages`, { data: 'AAAA', mustFollow: 0 }],
  ['GET', () => `${session}/queues/0/messages`],
  ['GET', () => `${session}/queues/0/messages?after=1&wait=20`],
  ['DELETE', () => `${session}/queues/0/messages?through=1`],
];
const toNoSession: readonly Request[] = [
  ['POST', () => '/sessions', { maxPlayers: 4 }],
  ['POST', () => '/sessions', { maxPlayers: 4 }, { 'idempotency-key': 'k' }],
  ['GET', () => '/sessions?player=me'],
  ['GET', () => `/sessions?player=${xuid}`],
  ['GET', () => '/sessions?open=true'],
  ['GET', () => '/sessions?open=true&max=1&continuationToken=x'],
  ['PUT', () => session],
  ['DELETE', () => session],
  ['GET', () => `${session}/players`],
  ['GET', () => '/sessions/'],
  ['GET', () => '/sessions/x/y/z'],
];

const send = ([method, path, body, headers = {}]: Request, authorization?: string): Promise<Reply> =>
  service.call(method, path(), {
    body: body && JSON.stringify(body),
    headers: { ...headers, ...(authorization !== undefined && { authorization }) },
  });

const now = () => Math.floor(service.clock.now() / 1_000);
const part = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const claims = () => ({
  iss: issuer,
  aud: audience,
  exp: now() + 3_600,
  xuid: rawNumber(xuid),
  gamertag,
  title_id: titleId,
});

/** The token of the player, or of the title, with other claims. */
const withClaims = (other: object) => async () =>
  `Bearer ${await service.token({ xuid, gamertag, claims: { scope: 'title', ...other } })}`;

const publishedKeyId = 'the key of the tests';

const badTokens: Readonly<Record<string, () => Promise<string | undefined>>> = {
  'no token': async () => undefined,
  'an empty header': async () => '',
  'Bearer and no more': async () => 'Bearer ',
  'Basic credentials': async () => `Basic ${Buffer.from('ann:secret').toString('base64')}`,
  'a good token called Basic': async () => `Basic ${ann.token}`,
  'a good token without a scheme': async () => ann.token,
  'two good tokens': async () => `Bearer ${ann.token}, Bearer ${ann.token}`,
  'a good token with a word behind it': async () => `Bearer ${ann.token} x`,
  'a token without its last character': async () => `Bearer ${ann.token.slice(0, -1)}`,
  'a token of which the half is missing': async () => `Bearer ${ann.token.slice(0, ann.token.length / 2)}`,
  'a token without a signature': async () => `Bearer ${ann.token.slice(0, ann.token.lastIndexOf('.') + 1)}`,
  'a token with other claims under its signature': async () => {
    const [header, , signature] = ann.token.split('.');
    return `Bearer ${header}.${part({ ...claims(), scope: 'title' })}.${signature}`;
  },
  'alg none': async () => `Bearer ${part({ alg: 'none' })}.${part(claims())}.`,
  'alg None with a key id': async () =>
    `Bearer ${part({ alg: 'None', kid: publishedKeyId })}.${part(claims())}.`,
  'alg HS256': async () => {
    const signed = `${part({ alg: 'HS256', kid: publishedKeyId })}.${part(claims())}`;
    return `Bearer ${signed}.${createHmac('sha256', publishedKeyId).update(signed).digest('base64url')}`;
  },
  'the key of somebody else under the same id': async () =>
    `Bearer ${await (await newSigner('EdDSA', publishedKeyId)).sign(claims())}`,
  'a key that nobody publishes': async () =>
    `Bearer ${await (await newSigner('ES256', 'another')).sign(claims())}`,
  'a key that the token brings along': async () => {
    const own = await newSigner('EdDSA', undefined);
    return `Bearer ${await own.sign(claims(), { jwk: own.publicKey })}`;
  },
  'another issuer': withClaims({ iss: `${issuer}/` }),
  'no issuer': withClaims({ iss: undefined }),
  'another audience': withClaims({ aud: 'openslot' }),
  'other audiences': withClaims({ aud: ['openslot', 'a'] }),
  'no audience': withClaims({ aud: undefined }),
  'an end an hour ago': async () => withClaims({ exp: now() - 3_600 })(),
  'an end of some seconds ago': async () => withClaims({ exp: now() - 6 })(),
  'no end': withClaims({ exp: undefined }),
  'an end that is text': withClaims({ exp: '9999999999' }),
  'a beginning in an hour': async () => withClaims({ nbf: now() + 3_600 })(),
  'no title': withClaims({ title_id: undefined }),
  'a title of more than 32 bits': withClaims({ title_id: 2 ** 32 + titleId }),
  'a title that is a list': withClaims({ title_id: [titleId] }),
  'a xuid of more than 64 bits': withClaims({ xuid: rawNumber('18446744073709551616') }),
  'a negative xuid': withClaims({ xuid: -1 }),
  'a xuid that is not whole': withClaims({ xuid: 1.5 }),
  'a xuid with a zero in front': withClaims({ xuid: `0${xuid}` }),
  'a player without a xuid': withClaims({ xuid: undefined, scope: '' }),
  'a player without a gamertag': withClaims({ gamertag: undefined, scope: '' }),
  'a gamertag of 16 characters': withClaims({ gamertag: 'x'.repeat(16) }),
  'a gamertag with half a character': withClaims({ gamertag: 'a\ud83d' }),
  'a scope that is a list': withClaims({ scope: ['title'] }),
};

describe('a caller is told nothing, and changes nothing, with', () => {
  test.each(Object.entries(badTokens))('%s', async (_, authorization) => {
    const held = await authorization();
    const before = await contentsOf(service.table);
    for (const request of [...toSession, ...toNoSession]) {
      const reply = await send(request, held);
      expect([request[0], request[1](), endOf(reply)]).toEqual([
        request[0],
        request[1](),
        '401 UNAUTHENTICATED',
      ]);
      expect(reply.headers['www-authenticate']).toMatch(/^Bearer realm="openslot"/);
      expectNothingIn(reply);
    }
    expect(await contentsOf(service.table)).toEqual(before);
  });
});

describe('in another title a session is none at all', () => {
  const otherTitleId = titleId + 1;
  test.each([
    ['for the same player', { xuid, gamertag, titleId: otherTitleId }],
    ['for the title itself', { scope: 'title', titleId: otherTitleId }],
    [
      'for the title itself, with the player in its token',
      { scope: 'openid title', xuid, gamertag, titleId: otherTitleId },
    ],
    ['for title 0', { scope: 'title', titleId: 0 }],
  ])('%s', async (_, who) => {
    const authorization = `Bearer ${await service.token(who)}`;
    const isTitle = 'scope' in who;
    const before = await contentsOf(service.table);
    for (const request of toSession) {
      const [method, path, body, headers] = request;
      // What names a player: the one of the token cannot, and that of the title must.
      const named = body && 'data' in body ? { ...body, xuid: xuidOf(xuid) } : body;
      const isJoin = method === 'POST' && path().endsWith('/players');
      if (isJoin && isTitle !== (body !== undefined)) continue;
      const reply = await send([method, path, isTitle ? named : body, headers], authorization);
      expect([method, path(), endOf(reply)]).toEqual([method, path(), '404 NOT_FOUND']);
      expectNothingIn(reply);
    }
    for (const query of ['open=true', `player=${xuid}`, `player=${xuid}&state=any&max=100`]) {
      const reply = await send(['GET', () => `/sessions?${query}`], authorization);
      expect(reply.text).toBe('{"sessions":[],"continuationToken":null}');
    }
    expect(await contentsOf(service.table)).toEqual(before);
  });

  test('and the same Idempotency-Key of the same player makes another session there', async () => {
    const there = await service.player({ xuid, gamertag, titleId: otherTitleId });
    const key = { 'idempotency-key': 'the-same' };
    const here = await ann.post('/sessions', { maxPlayers: 2, displayName }, key);
    const reply = await there.post('/sessions', { maxPlayers: 2 }, key);
    expect(reply).toMatchObject({ status: 201, body: { titleId: otherTitleId, displayName: '' } });
    expect(sessionIdOf(reply)).not.toBe(sessionIdOf(here));
  });

  test('and what continues a list here continues none there', async () => {
    const there = await service.player({ xuid, gamertag, titleId: otherTitleId });
    service.clock.turn(1);
    const second = await create(ann, { maxPlayers: 2, visibility: 'Everyone' });
    await ann.post(`${second}/players`);
    for (const query of ['open=true&max=1', `player=${xuid}&max=1`]) {
      const token = tokenIn(await ann.get(`/sessions?${query}`));
      expect(token).toMatch(/./);
      const carried = await there.get(`/sessions?${query}&continuationToken=${token}`);
      expect(carried).toMatchObject({ status: 400, body: { errors: [{ parameter: 'continuationToken' }] } });
      expectNothingIn(carried);
    }
    expect(await listed(ann, `player=${xuid}&max=1`)).toEqual([second, session]);
  });
});

test('a token is good with some seconds between the clocks, several audiences and words in its scope', async () => {
  for (const other of [
    { exp: now() - 4 },
    { nbf: now() + 4 },
    { aud: ['a', audience] },
    { scope: 'openid profile' },
    { title_id: String(titleId), xuid },
  ]) {
    const authorization = `Bearer ${await service.token({ xuid, gamertag, claims: other })}`;
    const reply = await send(['GET', () => session], authorization);
    expect([other, reply.status]).toEqual([other, 200]);
  }
});

test('the description of the API is for everybody, and a bad token does not matter to it', async () => {
  const reply = await send(['GET', () => '/openapi.json'], 'Bearer x');
  expect(reply.status).toBe(200);
  expectNothingIn(reply);
});

test('neither tokens nor anything of the players is logged, of those who are let in and of others', async () => {
  const before = service.logged.length;
  const requests = [...toSession, ...toNoSession];
  for (const request of requests) {
    await send(request, `Bearer ${ann.token}`);
    await send(request, `Bearer ${ann.token.slice(0, -1)}`);
  }
  expect(service.logged.length).toBe(before + 2 * requests.length);
  const log = JSON.stringify(service.logged);
  for (const secret of ['eekrit', xuid, ...ann.token.split('.')]) expect(log).not.toContain(secret);
});
