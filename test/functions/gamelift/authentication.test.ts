import { CreatePlayerSessionCommand, GameLiftClient } from '@aws-sdk/client-gamelift';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredItem } from '#lib/table/client.ts';
import { contentsOf } from '#test/support/contents.ts';
import { createGameSession, refusalOf } from '#test/support/game-lift.ts';
import { type RawRequest, sendRaw, signed, unsigned } from '#test/support/raw-request.ts';
import { credentials, deployment, type Service, startService } from '#test/support/service.ts';

const minute = 60_000;

let service: Service;
let GameSessionId: string;
beforeAll(async () => {
  service = await startService();
  ({ GameSessionId } = await createGameSession(service.gameLift));
});
afterAll(() => service.close());

const call = (PlayerId = 'ada') =>
  unsigned('CreatePlayerSession', JSON.stringify({ GameSessionId, PlayerId }));

async function answerTo(request: RawRequest): Promise<{ readonly status: number; readonly body: unknown }> {
  const { status, body } = await sendRaw(service.url, request);
  return { status, body: JSON.parse(body) };
}

describe('a request that is not proved to come from the holder of a key is refused, and nothing is written', () => {
  let before: readonly StoredItem[];
  beforeEach(async () => {
    before = await contentsOf(service.table);
    return async () => expect(await contentsOf(service.table)).toEqual(before);
  });

  test('no signature: MissingAuthenticationTokenException', async () => {
    expect(await answerTo(call())).toEqual({
      status: 400,
      body: { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
    });
  });

  test('half a signature: IncompleteSignatureException, which says what is missing', async () => {
    const { headers, body } = signed(service, call());
    const Authorization = headers['Authorization']?.replace(/, Signature=.*/, '') ?? '';
    expect(await answerTo({ headers: { ...headers, Authorization }, body })).toEqual({
      status: 400,
      body: {
        __type: 'IncompleteSignatureException',
        message: "Authorization header requires 'Signature' parameter.",
      },
    });
  });

  test('a wrong secret: InvalidSignatureException', async () => {
    const client = service.client({ credentials: { ...credentials, secretAccessKey: 'a guess' } });
    expect(
      await refusalOf(client.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }))),
    ).toEqual({
      error: 'InvalidSignatureException',
      status: 400,
      message: expect.stringMatching(/^The request signature we calculated does not match/),
    });
  });

  test('an unknown key: UnrecognizedClientException', async () => {
    const client = service.client({ credentials: { ...credentials, accessKeyId: 'NOBODYSKEY' } });
    expect(
      await refusalOf(client.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }))),
    ).toEqual({
      error: 'UnrecognizedClientException',
      status: 400,
      message: 'The security token included in the request is invalid.',
    });
  });

  test('a body changed after signing, which an SDK hashed: InvalidSignatureException', async () => {
    const http = new NodeHttpHandler();
    const client = service.client({
      requestHandler: {
        handle: (request: Parameters<NodeHttpHandler['handle']>[0]) => {
          request.body = new TextDecoder().decode(request.body).replace('ada', 'eve');
          return http.handle(request);
        },
      },
    });
    expect(
      await refusalOf(client.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }))),
    ).toEqual({
      error: 'InvalidSignatureException',
      status: 400,
      message: "'x-amz-content-sha256' is not the SHA-256 of the body.",
    });
  });

  test.each<[string, (request: RawRequest<string>) => RawRequest]>([
    ['body', ({ headers, body }) => ({ headers, body: body.replace('ada', 'eve') })],
    [
      'operation',
      ({ headers, body }) => ({
        headers: { ...headers, 'x-amz-target': 'GameLift.DescribePlayerSessions' },
        body,
      }),
    ],
  ])('a changed %s, of which the client sent no hash: InvalidSignatureException', async (_, change) => {
    expect(await answerTo(change(signed(service, call())))).toEqual({
      status: 400,
      body: {
        __type: 'InvalidSignatureException',
        message: expect.stringMatching(/^The request signature we calculated does not match/),
      },
    });
  });

  test('an operation that is not signed: InvalidSignatureException', async () => {
    const { headers, body } = call();
    const { 'x-amz-target': target = '', ...rest } = headers;
    const request = signed(service, { headers: rest, body });
    expect(
      await answerTo({ headers: { ...request.headers, 'x-amz-target': target }, body: request.body }),
    ).toEqual({
      status: 400,
      body: {
        __type: 'InvalidSignatureException',
        message: "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
      },
    });
  });

  test('a signature for another service: InvalidSignatureException', async () => {
    expect(await answerTo(signed(service, call(), { service: 'dynamodb' }))).toEqual({
      status: 400,
      body: {
        __type: 'InvalidSignatureException',
        message: "Credential should be scoped to correct service: 'gamelift'.",
      },
    });
  });

  test.each([
    ['ten minutes old', -10 * minute, /^Signature expired: /],
    ['ten minutes ahead', 10 * minute, /^Signature not yet current: /],
  ])('a date %s: InvalidSignatureException', async (_, offset, message) => {
    const request = signed(service, call(), { at: service.clock.now() + offset });
    expect(await answerTo(request)).toEqual({
      status: 400,
      body: { __type: 'InvalidSignatureException', message: expect.stringMatching(message) },
    });
  });

  test('a request that was good, sent again six minutes later: InvalidSignatureException', async () => {
    const late = await startService();
    const request = signed(late, unsigned('ListFleets', '{}'));
    expect((await sendRaw(late.url, request)).status).toBe(200);
    late.clock.turn(6 * minute);
    const answer = await sendRaw(late.url, request);
    expect(JSON.parse(answer.body)).toMatchObject({ __type: 'InvalidSignatureException' });
    await late.close();
  });

  test('an SDK without credentials of any worth is told so once, and does not try again', async () => {
    const client = new GameLiftClient({
      endpoint: service.url,
      region: deployment.region,
      credentials: { accessKeyId: 'NOBODYSKEY', secretAccessKey: 'a guess' },
    });
    const sent = client.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }));
    await expect(sent).rejects.toMatchObject({ $metadata: { attempts: 1 } });
  });
});

describe('a request of the holder of a key is taken', () => {
  test.each([-4.9 * minute, 0, 4.9 * minute])('when its date is %i ms off', async (offset) => {
    const request = signed(service, call(`off-by-${offset}`), { at: service.clock.now() + offset });
    expect((await answerTo(request)).status).toBe(200);
  });

  test('when an SDK whose clock is ten minutes off learns the time from the refusal', async () => {
    const client = service.client({ systemClockOffset: -10 * minute });
    const { $metadata } = await client.send(
      new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'slow' }),
    );
    expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 2 });
  });
});
