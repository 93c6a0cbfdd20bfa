import * as sdk from '@aws-sdk/client-gamelift';
import {
  CreatePlayerSessionCommand,
  DescribeFleetEventsCommand,
  ListFleetsCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '#functions/gamelift/operations.ts';
import { operationsNotOffered } from '#functions/gamelift/operations-not-offered.ts';
import { contentsOf } from '#test/support/contents.ts';
import { createGameSession, join, refusalOf } from '#test/support/game-lift.ts';
import { type RawRequest, sendRaw, signed, unsigned } from '#test/support/raw-request.ts';
import { fleetId, type Service, startService } from '#test/support/service.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());
afterEach(() => {
  service.wire.breaks = () => undefined;
});

async function call(operation: string, input: object) {
  const answer = await sendRaw(service.url, signed(service, unsigned(operation, JSON.stringify(input))));
  return { ...answer, body: JSON.parse(answer.body) };
}

/** The error that a request meets, by its name alone. */
async function errorOf(request: RawRequest): Promise<string> {
  const { status, body } = await sendRaw(service.url, request);
  expect(status).toBe(400);
  const { __type, message, ...more } = JSON.parse(body);
  expect(message).toEqual(expect.any(String));
  expect(more).toEqual({});
  return __type;
}

describe('an answer in AWS JSON 1.1', () => {
  test('has its content type, its request id, and times in seconds with their milliseconds', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    const { status, headers, body } = await call('CreatePlayerSession', { GameSessionId, PlayerId: 'ada' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': expect.stringMatching(uuid),
    });
    expect(body).toEqual({
      PlayerSession: {
        PlayerSessionId: expect.any(String),
        PlayerId: 'ada',
        GameSessionId,
        FleetId: fleetId,
        FleetArn: `arn:aws:gamelift:us-east-1:123456789012:fleet/${fleetId}`,
        CreationTime: service.clock.now() / 1_000,
        Status: 'RESERVED',
      },
    });
  });

  test('lets an SDK tell the request id, for an error too', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 0 });
    const sent = service.gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }));
    await expect(sent).rejects.toMatchObject({ $metadata: { requestId: expect.stringMatching(uuid) } });
  });

  test('spells an error of the service with its name in the body and a Message', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 0 });
    const { status, headers, body } = await call('CreatePlayerSession', { GameSessionId, PlayerId: 'ada' });
    expect(status).toBe(400);
    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': expect.stringMatching(uuid),
    });
    expect(body).toEqual({
      __type: 'GameSessionFullException',
      Message: `Game session ${GameSessionId} has 0 open slots for 1 player.`,
    });
  });

  test('leaves out the token where a list ends', async () => {
    const { body } = await call('ListFleets', {});
    expect(body).toEqual({ FleetIds: [fleetId] });
  });

  test('ignores members that nobody knows, and takes null for absent', async () => {
    const { status } = await call('ListFleets', { Limit: null, SomethingNew: { Deep: [1] } });
    expect(status).toBe(200);
  });
});

describe('the operation', () => {
  test('is offered or refused as not offered, for each that the SDK knows', () => {
    const known = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
    expect([...operations.keys(), ...operationsNotOffered.keys()].toSorted()).toEqual(known.toSorted());
  });

  test.each([...operationsNotOffered])('%s is refused as not offered: %s', async (name, reason) => {
    const { body } = await sendRaw(service.url, unsigned(name, '{}'));
    expect(JSON.parse(body)).toEqual({
      __type: 'ApiNotSupportedException',
      message: `${name} is an operation of GameLift that Openslot does not offer: ${reason}.`,
    });
  });

  test('that is not offered is refused to an SDK in the same words', async () => {
    expect(
      await refusalOf(service.gameLift.send(new DescribeFleetEventsCommand({ FleetId: fleetId }))),
    ).toEqual({
      error: 'ApiNotSupportedException',
      status: 400,
      message:
        'DescribeFleetEvents is an operation of GameLift that Openslot does not offer: fleets keep no diary of what happened to them.',
    });
  });

  test.each([
    ['that does not exist', 'GameLift.CreateUnicorn'],
    ['of another service', 'DynamoDB_20120810.CreateTable'],
    ['in another case', 'GameLift.createPlayerSession'],
    ['of another case of the service', 'gamelift.ListFleets'],
    ['with more behind it', 'GameLift.ListFleets '.concat('x')],
    ['without a service', 'ListFleets'],
    ['without a name', 'GameLift.'],
    ['that every object has', 'GameLift.constructor'],
    ['that is empty', ''],
  ])('%s is unknown', async (_, target) => {
    const { headers, body } = unsigned('', '{}');
    expect(await errorOf({ headers: { ...headers, 'x-amz-target': target }, body })).toBe(
      'UnknownOperationException',
    );
  });

  test('is unknown where the header is missing', async () => {
    const request = { headers: { 'content-type': 'application/x-amz-json-1.1' }, body: '{}' };
    expect(await errorOf(request)).toBe('UnknownOperationException');
  });
});

describe('the content type', () => {
  const typed = (type: string): RawRequest => {
    const { headers, body } = unsigned('ListFleets', '{}');
    return signed(service, { headers: { ...headers, 'content-type': type }, body });
  };

  test.each([
    'application/x-amz-json-1.1',
    'application/x-amz-json-1.1; charset=utf-8',
    'Application/X-Amz-JSON-1.1',
  ])('%s is taken', async (type) => {
    expect((await sendRaw(service.url, typed(type))).status).toBe(200);
  });

  test.each(['application/x-amz-json-1.0', 'text/plain', 'application/cbor', 'x', 'application/json5'])(
    '%s is refused',
    async (type) => {
      expect(await errorOf(typed(type))).toBe('SerializationException');
    },
  );

  test("curl's own is refused with those that there are", async () => {
    const { body } = await sendRaw(service.url, typed('application/x-www-form-urlencoded'));
    expect(body).toContain(
      'Content-Type must be application/x-amz-json-1.1, or application/json for plain JSON.',
    );
  });
});

test('a request without a content type is refused', async () => {
  const body = Buffer.from('{}');
  const request = { headers: { 'x-amz-target': 'GameLift.ListFleets' }, body };
  expect(await errorOf(request)).toBe('SerializationException');
});

describe('what is wrong with a call is told in the order of the front end', () => {
  const types = { good: 'application/x-amz-json-1.1', bad: 'text/plain' };
  const targets = { good: 'GameLift.CreatePlayerSession', bad: 'GameLift.CreateUnicorn' };
  const bodies = { good: '{"PlayerId":5}', bad: '{' };

  test.each<[string, string, string, string]>([
    ['SerializationException', types.bad, bodies.bad, targets.bad],
    ['SerializationException', types.good, bodies.bad, targets.bad],
    ['UnknownOperationException', types.good, bodies.good, targets.bad],
    ['MissingAuthenticationTokenException', types.good, bodies.good, targets.good],
  ])('without a signature: %s', async (error, contentType, body, target) => {
    const headers = { 'content-type': contentType, 'x-amz-target': target };
    expect(await errorOf({ headers, body })).toBe(error);
  });

  test('and the members of the body are looked at last, by the holder of a key alone', async () => {
    const request = unsigned('CreatePlayerSession', bodies.good);
    expect(await errorOf(signed(service, request))).toBe('SerializationException');
  });
});

describe('the body', () => {
  test('may be missing where an operation needs no input', async () => {
    const { status, body } = await sendRaw(service.url, signed(service, unsigned('ListFleets', '')));
    expect({ status, body: JSON.parse(body) }).toEqual({ status: 200, body: { FleetIds: [fleetId] } });
  });

  test('that is missing lacks the members that an operation needs', async () => {
    const request = signed(service, unsigned('CreatePlayerSession', ''));
    expect(JSON.parse((await sendRaw(service.url, request)).body)).toEqual({
      __type: 'InvalidRequestException',
      Message: expect.stringMatching(/^2 validation errors detected: /),
    });
  });
});

test.each([
  ['GET', '/'],
  ['PUT', '/'],
  ['POST', '/somewhere'],
])('%s %s leads nowhere', async (method, path) => {
  const answer = await sendRaw(`${service.url}${path}`, unsigned('ListFleets', '{}'), method);
  expect(answer.status).toBe(404);
});

describe('when the table', () => {
  const once = () => service.client({ maxAttempts: 1 });

  test.each([
    ['turns requests away for their rate', 'throttled', 'ThrottlingException', 400],
    ['does not answer in time', 'timed out before', 'InternalServiceException', 500],
    ['fails', 'server error', 'InternalServiceException', 500],
  ] as const)(
    '%s, the caller hears that another try is worth it, and no more',
    async (_, fault, error, status) => {
      const { GameSessionId } = await createGameSession(service.gameLift);
      service.wire.breaks = () => fault;
      const refusal = await refusalOf(
        once().send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' })),
      );
      expect(refusal).toMatchObject({ error, status });
      expect(refusal.message).toMatch(
        /^(Rate exceeded|The service could not complete the request\. Try again\.)$/,
      );
    },
  );

  test('is well again before the SDK gives up, the caller hears nothing of it', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    const before = await contentsOf(service.table);
    let failures = 0;
    // Three times for the function's own SDK, then once more for the second try of the caller's.
    service.wire.breaks = () => (failures++ < 4 ? 'throttled' : undefined);
    await join(service.gameLift, GameSessionId, 'ada');
    service.wire.breaks = () => undefined;
    expect(failures).toBeGreaterThan(4);
    expect(await contentsOf(service.table)).toHaveLength(before.length + 1);
  });
});

test('when the access keys cannot be read, nobody is taken for a stranger: another try is worth it', async () => {
  const unread = () => Promise.reject(new Error('Secrets Manager does not answer'));
  const locked = await startService({ accessKeys: { current: unread, latest: unread } });
  const sent = locked.client({ maxAttempts: 1 }).send(new ListFleetsCommand({}));
  expect(await refusalOf(sent)).toEqual({
    error: 'InternalServiceException',
    status: 500,
    message: 'The service could not complete the request. Try again.',
  });
  await locked.close();
});

test.each([
  [2_000_000, 'MissingAuthenticationTokenException'],
  [2_000_001, 'SerializationException'],
])('a body of %i bytes from a stranger meets %s', async (bytes, error) => {
  expect(await errorOf(unsigned('ListFleets', '{}'.padEnd(bytes)))).toBe(error);
});
