import { randomUUID } from 'node:crypto';
import { DeregisterComputeCommand, GetComputeAuthTokenCommand } from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hour, minute } from '#test/lib/cleanup/swept-table.ts';
import { contentsOf } from '#test/support/contents.ts';
import { upgradeUrl } from '#test/support/game-server-socket.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { bareServer, knock, newFleet } from './hosting.ts';

/** Who may connect. */

let service: ServerService;
/** Two fleets, each with a compute called machine-1, and one more compute of the first. */
let fleetId: string;
let token: string;
let otherFleetId: string;
const tokens = new Map<string, string>();
beforeAll(async () => {
  service = await startServerService();
  [fleetId, otherFleetId] = [await newFleet(service), await newFleet(service)];
  token = await service.register('machine-1', fleetId);
  tokens.set('of another compute', await service.register('machine-2', fleetId));
  tokens.set(
    'of the compute of that name in another fleet',
    await service.register('machine-1', otherFleetId),
  );
});
afterAll(() => service.close());

type Query = Readonly<Record<string, string | undefined>>;

/** Asks for a connection as an SDK does, but for some parameters: undefined for one that is missing. */
function ask(query: Query = {}, where = { fleetId, token }): Promise<number | undefined> {
  const options = { sdk: 'Go', url: service.endpoint, computeName: 'machine-1', ...where } as const;
  const url = new URL(upgradeUrl({ ...options, processId: randomUUID() }, randomUUID()));
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return knock(url.href);
}

async function expectRefusal(query: Query, where = { fleetId, token }): Promise<void> {
  const before = await contentsOf(service.table);
  expect(await ask(query, where)).toBe(403);
  expect(await contentsOf(service.table)).toEqual(before);
}

test.each<[string, Query]>([
  ['as the SDKs ask', {}],
  ['without what old SDKs do not send', { IdempotencyToken: undefined }],
  ['without its version and language', { sdkVersion: undefined, sdkLanguage: undefined }],
  ['with a process id of 1,024 characters', { pID: 'p'.repeat(1_024) }],
  ['with a process id of any characters', { pID: 'process 1/ä?&=' }],
])('whoever has the token of a compute is let in %s', async (_, query) => {
  expect(await ask(query)).toBe(101);
});

describe('whoever has no token that is good is refused with 403, and nothing is stored', () => {
  test('a token that nobody was given', () => expectRefusal({ Authorization: randomUUID() }));
  test.each(['of another compute', 'of the compute of that name in another fleet'])('the token %s', (whose) =>
    expectRefusal({ Authorization: tokens.get(whose) }),
  );
  test('the token with something behind it', () => expectRefusal({ Authorization: `${token}0` }));
  test('the name of another compute', () => expectRefusal({ ComputeId: 'machine-2' }));
  test('the name of no compute', () => expectRefusal({ ComputeId: 'machine-3' }));
  test('the id of another fleet', () => expectRefusal({ FleetId: otherFleetId }));
  test('the id of no fleet', () => expectRefusal({ FleetId: 'fleet-nobody-has' }));
  test('a signature, which Openslot does not take', () => expectRefusal({ Authorization: 'SigV4' }));
});

describe('whoever leaves out, or misspells, what the SDKs send is refused with 403, and nothing is stored', () => {
  const longest = { pID: 1_024, ComputeId: 256, FleetId: 256, Authorization: 1_024 };
  describe.each(Object.entries(longest))('%s', (name, length) => {
    test('missing', () => expectRefusal({ [name]: undefined }));
    test('empty', () => expectRefusal({ [name]: '' }));
    test('too long', () => expectRefusal({ [name]: 'x'.repeat(length + 1) }));
  });

  test.each<[string, Query]>([
    ['a compute', { ComputeId: 'machine 1' }],
    ['a fleet', { FleetId: 'fleet/1' }],
  ])('a name that %s cannot have', (_, query) => expectRefusal(query));
});

describe('a token', () => {
  const tokenNow = async (FleetId: string) => {
    const command = new GetComputeAuthTokenCommand({ FleetId, ComputeName: 'machine-1' });
    return (await service.gameLift.send(command)).AuthToken ?? '';
  };

  test('lets in for 3 hours', async () => {
    const where = { fleetId: await newFleet(service), token: '' };
    where.token = await service.register('machine-1', where.fleetId);
    service.clock.turn(3 * hour - 1);
    expect(await ask({}, where)).toBe(101);
    service.clock.turn(1);
    await expectRefusal({}, where);
  });

  test('lets in until its own end, though another one has taken its place', async () => {
    const where = { fleetId: await newFleet(service), token: '' };
    where.token = await service.register('machine-1', where.fleetId);
    service.clock.turn(3 * hour - 10 * minute);
    const next = await tokenNow(where.fleetId);
    expect(next).not.toBe(where.token);
    expect([await ask({}, where), await ask({}, { ...where, token: next })]).toEqual([101, 101]);
    service.clock.turn(10 * minute);
    await expectRefusal({}, where);
    expect(await ask({}, { ...where, token: next })).toBe(101);
  });

  test('ends with its compute, whose next one has other tokens', async () => {
    const where = { fleetId: await newFleet(service), token: '' };
    where.token = await service.register('machine-1', where.fleetId);
    await service.gameLift.send(
      new DeregisterComputeCommand({ FleetId: where.fleetId, ComputeName: 'machine-1' }),
    );
    await expectRefusal({}, where);
    const next = await service.register('machine-1', where.fleetId);
    await expectRefusal({}, where);
    expect(await ask({}, { ...where, token: next })).toBe(101);
  });
});

describe('a process', () => {
  /** A compute whose token is good, however far the clock was turned. */
  const somewhere = async () => {
    const elsewhere = await newFleet(service);
    return { fleetId: elsewhere, token: await service.register('machine-1', elsewhere) };
  };

  test('that has ended may not come back by the same id, and no other process or compute loses by it', async () => {
    const [where, other] = [await somewhere(), await somewhere()];
    const server = await bareServer(service, { ...where, processId: 'the process' });
    expect(await server.request('TerminateServerProcess')).toMatchObject({ StatusCode: 200 });
    service.clock.turn(3 * minute);
    expect(await ask({ pID: 'the process' }, where)).toBe(403);
    expect(await ask({ pID: 'the process 2' }, where)).toBe(101);
    expect(await ask({ pID: 'the process' }, other)).toBe(101);
  });

  test('that has ended itself is let in for 3 minutes, to say so again and nothing else', async () => {
    const where = await somewhere();
    const server = await bareServer(service, { ...where, processId: 'the process' });
    await server.request('TerminateServerProcess');
    service.clock.turn(3 * minute - 1);
    const anew = await bareServer(service, { ...where, processId: 'the process' });
    expect(await anew.request('TerminateServerProcess')).toMatchObject({ StatusCode: 200 });
    expect(await anew.request('ActivateServerProcess', { Port: 7_777 })).toMatchObject({ StatusCode: 403 });
    expect(await anew.heartbeat()).toMatchObject({ StatusCode: 403 });
    // It is about to end in its own way, in which TerminateProcess would come between.
    expect(anew.told()).toEqual([]);
  });

  test('is refused while DynamoDB fails, and let in afterwards', async () => {
    const where = await somewhere();
    service.wire.breaks = () => 'server error';
    const status = await ask({ pID: 'the process' }, where).finally(() => {
      service.wire.breaks = () => undefined;
    });
    expect(status).toBe(500);
    expect(service.serverMetered).toContainEqual([{ ServerRequestsFailed: 1 }]);
    expect(await ask({ pID: 'the process' }, where)).toBe(101);
  });
});

test('the end of a connection that cannot be noted since DynamoDB fails is counted, and harms the process nothing', async () => {
  const fleetId = await newFleet(service);
  const token = await service.register('machine-1', fleetId);
  const where = { fleetId, token, processId: 'the process' };
  const server = await bareServer(service, where);
  const { length } = service.serverMetered;
  service.wire.breaks = () => 'server error';
  server.socket.terminate();
  await vi
    .waitFor(() => expect(service.serverMetered.slice(length)).toEqual([[{ ServerRequestsFailed: 1 }]]))
    .finally(() => {
      service.wire.breaks = () => undefined;
    });
  const anew = await bareServer(service, where);
  expect(await anew.heartbeat()).toMatchObject({ StatusCode: 200 });
});

test('each connection is one line of the log, which tells what became of it and not who it was', async () => {
  const { length } = service.serverLog;
  const where = { fleetId: await newFleet(service), token: '' };
  where.token = await service.register('machine-1', where.fleetId);
  const processId = randomUUID();
  await ask({ pID: processId }, where);
  await ask({ pID: processId, Authorization: 'guessed-by-somebody' }, where);
  await ask({ pID: '' }, where);
  const lines = service.serverLog.slice(length);
  expect(lines).toEqual(
    ['connected', 'bad-token', 'bad-request'].map((outcome) => [
      'Connection',
      { requestId: expect.any(String), connectionId: expect.any(String), outcome, milliseconds: 0 },
    ]),
  );
});
