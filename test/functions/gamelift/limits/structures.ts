import { list, object, text, whole } from './limit.ts';
import { bareFleetId, launchParameters, launchPath, positive, wholeNumber } from './shared.ts';

/** The structures that several operations take: the limit of the member that holds one, and what is in it. */

export const tags = {
  list: list({ min: 0, max: 200 }, (number) => ({ Key: `k${number}`, Value: '' })),
  each: {
    least: { Key: 'k', Value: 'v' },
    limits: {
      Key: text({ min: 1, max: 128, fits: ['x'] }),
      Value: text({ min: 0, max: 256, fits: [''] }),
    },
    put: (tag: object) => ({ Tags: [tag] }),
  },
};

export const gameProperties = {
  list: list({ max: 16 }, (number) => ({ Key: `k${number}`, Value: 'v' }), true),
  each: {
    least: { Key: 'k', Value: 'v' },
    limits: {
      Key: text({ max: 32, fits: [''] }),
      Value: text({ max: 96, fits: [''], isSensitive: true }),
    },
    put: (property: object) => ({ GameProperties: [property] }),
  },
};

export const metricGroups = {
  list: list({ max: 1 }, () => 'group'),
  each: text({ min: 1, max: 255, fits: ['x'] }),
  put: (group: unknown) => ({ MetricGroups: [group] }),
};

export const anywhereConfiguration = {
  whole: object({ Cost: '1' }),
  within: {
    least: { Cost: '1' },
    limits: {
      Cost: text({
        min: 1,
        max: 11,
        like: (length) => (length === 11 ? '12345.67890' : '1'.repeat(length)),
        pattern: '^\\d{1,5}(?:\\.\\d{1,5})?$',
        fits: ['0', '12345', '0.5'],
        breaks: ['123456', '1.', '.5', '-1', '1,5', '1.123456'],
      }),
    },
    put: (AnywhereConfiguration: object) => ({ AnywhereConfiguration }),
  },
};

export const creationLimit = {
  whole: object({}),
  within: {
    least: {},
    limits: { NewGameSessionsPerCreator: wholeNumber, PolicyPeriodInMinutes: wholeNumber },
    put: (ResourceCreationLimitPolicy: object) => ({ ResourceCreationLimitPolicy }),
  },
};

const serverProcess = { LaunchPath: '/game', ConcurrentExecutions: 1 };

export const runtimeConfiguration = {
  whole: object({}),
  within: {
    least: {},
    limits: {
      ServerProcesses: list({ min: 1, max: 50 }, () => serverProcess),
      MaxConcurrentGameSessionActivations: positive,
      GameSessionActivationTimeoutSeconds: whole({ min: 1, max: 600 }),
    },
    put: (RuntimeConfiguration: object) => ({ RuntimeConfiguration }),
  },
  eachProcess: {
    least: serverProcess,
    limits: { LaunchPath: launchPath, Parameters: launchParameters, ConcurrentExecutions: positive },
    put: (each: object) => ({ RuntimeConfiguration: { ServerProcesses: [each] } }),
  },
};

export const routingStrategy = {
  whole: object({ Type: 'TERMINAL', Message: 'Gone' }),
  within: {
    least: {},
    limits: {
      Type: text({ values: ['SIMPLE', 'TERMINAL'] }),
      FleetId: bareFleetId,
      Message: text({ fits: ['', 'x'] }),
    },
    put: (RoutingStrategy: object) => ({ RoutingStrategy }),
  },
};
