import type { GameLiftClientConfig } from '@aws-sdk/client-gamelift';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { beforeAll, describe, expect, test } from 'vitest';
import { operations } from '#functions/gamelift/operations.ts';
import { callPlainJson, type PlainAnswer } from '#test/support/spellings.ts';
import { inPlainJson } from './plain-json.ts';
import { type Outputs, play } from './play.ts';
import { script } from './script.ts';
import { type Ending, sdkClient } from './sdk-client.ts';
import { keys, type Stage, startStage } from './stage.ts';
import type { Call } from './step.ts';

const calls = script.filter((step): step is Call => 'operation' in step);
const start = Math.ceil(Date.now() / 1_000) * 1_000;

/** How the calls of one client ended, by the name of the step. */
type Endings<Ending> = ReadonlyMap<string, Ending>;

let awsJson: Endings<Ending>;
let cbor: Endings<Ending>;
let plainJson: Endings<PlainAnswer>;

/** The operations that the service of each client was asked for. */
const asked: ReadonlySet<unknown>[] = [];
/** The content types in which each AWS SDK was answered. */
const answeredIn: ReadonlySet<string | undefined>[] = [];

beforeAll(async () => {
  // The later steps of every client build on what the first one was answered: all send the same.
  const outputs = new Map<string, unknown>();
  awsJson = await bySdk({}, outputs, (step, output) => outputs.set(step, output));
  cbor = await bySdk({ protocol: SmithyRpcV2CborProtocol }, outputs);
  plainJson = await onStage((stage) => {
    return play(
      script,
      stage,
      ({ operation, input, by }) => callPlainJson(stage.service, operation, input, keys[by]),
      outputs,
    );
  });
});

function bySdk(
  config: GameLiftClientConfig,
  outputs: Outputs,
  keep: (step: string, output: object) => void = () => {},
): Promise<Endings<Ending>> {
  return onStage(async (stage) => {
    const client = sdkClient(stage, config);
    answeredIn.push(client.answeredIn);
    try {
      return await play(
        script,
        stage,
        async (sent) => {
          const ending = await client.send(sent);
          if (ending.kind === 'answered') keep(sent.step, ending.output);
          return ending;
        },
        outputs,
      );
    } finally {
      client.close();
    }
  });
}

async function onStage<Played>(act: (stage: Stage) => Promise<Played>): Promise<Played> {
  const stage = await startStage(start);
  try {
    const played = await act(stage);
    asked.push(new Set(stage.service.logged.map(([, { operation }]) => operation)));
    return played;
  } finally {
    await stage.service.close();
  }
}

describe.each(calls)('$operation: $name', ({ name, refusal, shows = {} }) => {
  test('ends as it should', () => {
    const expected =
      refusal === undefined ? { kind: 'answered', output: shows } : { kind: 'refused', error: refusal };
    expect(awsJson.get(name)).toMatchObject(expected);
  });

  test('ends in CBOR as in AWS JSON', () => {
    expect(cbor.get(name)).toEqual(awsJson.get(name));
  });

  test('ends in plain JSON as in AWS JSON', () => {
    const ending = awsJson.get(name);
    expect(plainJson.get(name)).toEqual(ending && inPlainJson(ending));
  });
});

test('every step has a name of its own', () => {
  expect(new Set(calls.map(({ name }) => name)).size).toBe(calls.length);
});

test('each client has called every operation that is offered', () => {
  expect(asked).toHaveLength(3);
  for (const operationsAsked of asked) {
    expect([...operations.keys()].filter((operation) => !operationsAsked.has(operation))).toEqual([]);
  }
});

test('the AWS SDKs were answered in the spelling that each of them speaks', () => {
  expect(answeredIn.map((types) => [...types])).toEqual([
    ['application/x-amz-json-1.1'],
    ['application/cbor'],
  ]);
});
