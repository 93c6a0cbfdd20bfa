import {
  DescribeRuntimeConfigurationCommand,
  type RuntimeConfiguration,
  UpdateRuntimeConfigurationCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activationTimeOf } from '#lib/fleets/activation-time.ts';
import { findFleet } from '#lib/fleets/fleets.ts';
import { contentsOf } from '#test/support/contents.ts';
import { arn, createFleet } from '#test/support/fleets.ts';
import { refusalOf } from '#test/support/game-lift.ts';
import { type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const seconds = (GameSessionActivationTimeoutSeconds: number) => ({ GameSessionActivationTimeoutSeconds });
const created = async (configuration?: RuntimeConfiguration) =>
  (await createFleet(service, { RuntimeConfiguration: configuration })).FleetId;
const update = async (FleetId: string, configuration: RuntimeConfiguration) => {
  const command = new UpdateRuntimeConfigurationCommand({ FleetId, RuntimeConfiguration: configuration });
  return (await service.gameLift.send(command)).RuntimeConfiguration;
};
const described = async (FleetId: string) =>
  (await service.gameLift.send(new DescribeRuntimeConfigurationCommand({ FleetId }))).RuntimeConfiguration;
const activationTime = async (fleetId: string) => {
  const fleet = await findFleet(service.table, fleetId);
  return fleet && activationTimeOf(fleet);
};

test.each([
  ['nothing', undefined, 300],
  ['an empty configuration', {}, 300],
  ['one second', seconds(1), 1],
  ['ten minutes', seconds(600), 600],
])('a fleet that is created with %s gives its processes that long', async (_, configuration, expected) => {
  const fleetId = await created(configuration);
  expect(await described(fleetId)).toStrictEqual(seconds(expected));
  expect(await activationTime(fleetId)).toBe(expected * 1_000);
});

test('a fleet gets another activation time, and keeps it where none is said', async () => {
  const fleetId = await created();
  expect(await update(arn(`fleet/${fleetId}`), seconds(90))).toStrictEqual(seconds(90));
  expect(await update(fleetId, {})).toStrictEqual(seconds(90));
  expect(await described(arn(`fleet/${fleetId}`))).toStrictEqual(seconds(90));
  expect(await activationTime(fleetId)).toBe(90_000);
});

describe('what says how servers are started is refused, and nothing is written:', () => {
  const ServerProcesses = [{ LaunchPath: '/local/game/server', ConcurrentExecutions: 1 }];

  test.each<[string, RuntimeConfiguration]>([
    ['ServerProcesses', { ServerProcesses }],
    ['MaxConcurrentGameSessionActivations', { MaxConcurrentGameSessionActivations: 1 }],
    [
      'ServerProcesses, MaxConcurrentGameSessionActivations',
      { ServerProcesses, MaxConcurrentGameSessionActivations: 1, ...seconds(60) },
    ],
  ])('%s', async (members, configuration) => {
    const fleetId = await created();
    const before = await contentsOf(service.table);
    for (const sent of [update(fleetId, configuration), created(configuration)]) {
      expect(await refusalOf(sent)).toEqual({
        error: 'InvalidRequestException',
        status: 400,
        message: `RuntimeConfiguration must not have ${members}: Openslot starts no server processes.`,
      });
    }
    expect(await contentsOf(service.table)).toEqual(before);
  });

  test('by its limits first', async () => {
    const refusal = await refusalOf(
      update('fleet-nowhere', { MaxConcurrentGameSessionActivations: 0, ...seconds(601) }),
    );
    expect(refusal.error).toBe('InvalidRequestException');
    expect(refusal.message).toMatch(/^2 validation errors detected: .*maxConcurrentGameSessionActivations/);
  });
});

test.each(['fleet-nowhere', 'arn:aws:gamelift:eu-west-1:123456789012:fleet/fleet-of-the-tests'])(
  '%s is not found, and not made',
  async (name) => {
    const before = await contentsOf(service.table);
    const requests = [() => described(name), () => update(name, seconds(60)), () => update(name, {})];
    for (const send of requests) {
      expect(await refusalOf(send())).toEqual({
        error: 'NotFoundException',
        status: 400,
        message: `Fleet ${name} was not found.`,
      });
    }
    expect(await contentsOf(service.table)).toEqual(before);
  },
);
