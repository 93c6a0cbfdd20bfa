import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import * as v from 'valibot';
import { afterEach, describe, expect, test } from 'vitest';
import { eventExamples } from '#docs/event-examples.ts';
import type { DomainEvent } from '#functions/cleanup/on-change/event-schemas.ts';
import { mostAtOnce, publishTo } from '#functions/cleanup/on-change/publish.ts';
import { publishInOrder } from '#functions/cleanup/on-change/publish-in-order.ts';
import { type OperationAnswer, refused, serveAwsJson } from '#infra/local/aws-json-server.ts';
import { type BusEvent, serveEventBus } from '#infra/local/event-bus.ts';

const bus = {
  logicalId: 'Bus',
  name: 'openslot-test',
  arn: 'arn:aws:events:us-east-1:123456789012:event-bus/openslot-test',
};

const closing: (() => void | Promise<void>)[] = [];
/** How long each pause was, milliseconds. Nobody waits. */
const pauses: number[] = [];
afterEach(async () => {
  pauses.length = 0;
  for (const close of closing.splice(0)) await close();
});

/** Publishes by the real SDK, with a pool of its own. */
function publishAt(endpoint: string) {
  const client = new EventBridgeClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  closing.push(() => client.destroy());
  const sleep = async (milliseconds: number) => pauses.push(milliseconds);
  return publishTo(client, bus.name, { sleep, random: () => 0.5 });
}

/** A bus that gives one answer to whatever is put on it. */
async function busThatAnswers(answer: OperationAnswer): Promise<string> {
  const { endpoint, close } = await serveAwsJson(new Map([['AWSEvents.PutEvents', async () => answer]]));
  closing.push(close);
  return endpoint;
}

const Input = v.object({
  Entries: v.array(
    v.object({ Detail: v.pipe(v.string(), v.parseJson(), v.looseObject({ id: v.string() })) }),
  ),
});

/**
 * A bus that refuses single events.
 *
 * @param refusalOf what it says to an event that it is given for the nth time, by its id; undefined where it takes it
 * @returns also the ids that each call held, and those that were taken
 */
async function busThatRefuses(refusalOf: (id: string, time: number) => string | undefined) {
  const calls: (readonly string[])[] = [];
  const taken: string[] = [];
  const put = async (input: unknown): Promise<OperationAnswer> => {
    const ids = v.parse(Input, input).Entries.map(({ Detail }) => Detail.id);
    calls.push(ids);
    const Entries = ids.map((id) => {
      const ErrorCode = refusalOf(id, calls.filter((call) => call.includes(id)).length);
      if (ErrorCode === undefined) taken.push(id);
      return ErrorCode === undefined ? { EventId: id } : { ErrorCode };
    });
    const FailedEntryCount = Entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
    return { kind: 'output', output: { FailedEntryCount, Entries } };
  };
  const { endpoint, close } = await serveAwsJson(new Map([['AWSEvents.PutEvents', put]]));
  closing.push(close);
  return { publish: publishAt(endpoint), calls, taken };
}

const examples = eventExamples.slice(0, mostAtOnce);
const idsOf = (events: readonly DomainEvent[]) => events.map(({ detail }) => detail.id);

/** The first events of a session that is told from all others. */
function eventsOf(session: number, count: number): readonly DomainEvent[] {
  const [example] = eventExamples;
  if (example?.detailType !== 'Game Session Activated') throw new Error('The first example is another one');
  return Array.from({ length: count }, (_, number) => ({
    ...example,
    detail: { ...example.detail, id: `${session}.0.${number}`, number },
  }));
}

test('events reach the bus as subscribers get them', async () => {
  const arrived: BusEvent[] = [];
  const { endpoint, close } = await serveEventBus([bus], (event) => arrived.push(event));
  closing.push(close);
  const publish = publishAt(endpoint);
  expect(await publish(examples)).toEqual(examples.map(() => undefined));
  expect(arrived).toMatchObject(
    examples.map(({ detailType, detail }) => ({
      source: 'openslot',
      'detail-type': detailType,
      time: `${detail.at.slice(0, -'.000Z'.length)}Z`,
      detail: JSON.parse(JSON.stringify(detail)),
    })),
  );
});

test('each event that is not taken is named by its error, and the others are taken', async () => {
  const Entries = [{ EventId: '1' }, { ErrorCode: 'MalformedDetail', ErrorMessage: 'No JSON' }, {}];
  const publish = publishAt(
    await busThatAnswers({ kind: 'output', output: { FailedEntryCount: 1, Entries } }),
  );
  expect(await publish(examples.slice(0, 4))).toEqual([undefined, 'MalformedDetail', 'NoAnswer', 'NoAnswer']);
  expect(pauses).toEqual([]);
});

describe('an event that is refused for a passing reason', () => {
  const events = [0, 1, 2, 3].flatMap((session) => eventsOf(session, 1));

  test.each(['ThrottlingException', 'InternalFailure', 'InternalException'])(
    'such as %s is handed over again after a pause, and those that were taken are not',
    async (reason) => {
      const [, second = '', , fourth = ''] = idsOf(events);
      const bus = await busThatRefuses((id, time) =>
        (id === second && time <= 1) || (id === fourth && time <= 3) ? reason : undefined,
      );
      expect(await bus.publish(events)).toEqual(events.map(() => undefined));
      expect(bus.calls).toEqual([idsOf(events), [second, fourth], [fourth], [fourth]]);
      expect(pauses).toEqual([50, 100, 200]);
    },
  );

  test('is given up after six times, and named by the last reason', async () => {
    const [first = '', second = ''] = idsOf(events);
    const bus = await busThatRefuses((id, time) =>
      id === second ? (time < 6 ? 'InternalFailure' : 'ThrottlingException') : undefined,
    );
    expect(await bus.publish(events.slice(0, 2))).toEqual([undefined, 'ThrottlingException']);
    expect(bus.calls).toEqual([[first, second], ...Array(5).fill([second])]);
    expect(pauses).toEqual([50, 100, 200, 400, 800]);
  });

  test('is not handed over again once the reason is another one', async () => {
    const bus = await busThatRefuses((_, time) => (time === 1 ? 'ThrottlingException' : 'MalformedDetail'));
    expect(await bus.publish(events.slice(0, 1))).toEqual(['MalformedDetail']);
    expect(bus.calls).toHaveLength(2);
  });

  test('holds nothing back for longer: where each tenth is, one batch gets all through, each session’s in order', async () => {
    const queues = Array.from({ length: 50 }, (_, session) => eventsOf(session, 4));
    const tenths = new Set(idsOf(queues.flat()).filter((_, i) => i % 10 === 3));
    const bus = await busThatRefuses((id, time) =>
      time === 1 && tenths.has(id) ? 'ThrottlingException' : undefined,
    );
    expect(await publishInOrder(bus.publish, queues)).toEqual(
      queues.map(({ length }) => expect.objectContaining({ taken: length, refusal: undefined })),
    );
    for (const ids of queues.map(idsOf)) {
      expect(bus.taken.filter((id) => ids.includes(id))).toEqual(ids);
    }
    expect(bus.calls.flat()).toHaveLength(200 + tenths.size);
  });
});

test('a call that is refused as a whole is made again after pauses, and throws once it was made six times', async () => {
  const publish = publishAt(await busThatAnswers(refused('AccessDeniedException', 'Not yours')));
  await expect(publish(examples)).rejects.toThrow('Not yours');
  expect(pauses).toEqual([50, 100, 200, 400, 800]);
});

test('a bus that is away for a moment gets all events once it is back', async () => {
  let answers = 0;
  const put = async (): Promise<OperationAnswer> =>
    ++answers < 3
      ? refused('InternalException', 'Later')
      : {
          kind: 'output',
          output: { FailedEntryCount: 0, Entries: examples.map((_, i) => ({ EventId: `${i}` })) },
        };
  const { endpoint, close } = await serveAwsJson(new Map([['AWSEvents.PutEvents', put]]));
  closing.push(close);
  expect(await publishAt(endpoint)(examples)).toEqual(examples.map(() => undefined));
  expect(answers).toBe(3);
});
