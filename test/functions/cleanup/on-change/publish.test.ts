import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterEach, expect, test } from 'vitest';
import { eventExamples } from '#docs/event-examples.ts';
import { mostAtOnce, publishTo } from '#functions/cleanup/on-change/publish.ts';
import { type OperationAnswer, refused, serveAwsJson } from '#infra/local/aws-json-server.ts';
import { type BusEvent, serveEventBus } from '#infra/local/event-bus.ts';

const bus = {
  logicalId: 'Bus',
  name: 'openslot-test',
  arn: 'arn:aws:events:us-east-1:123456789012:event-bus/openslot-test',
};

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
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
  return publishTo(client, bus.name);
}

/** A bus that gives one answer to whatever is put on it. */
async function busThatAnswers(answer: OperationAnswer): Promise<string> {
  const { endpoint, close } = await serveAwsJson(new Map([['AWSEvents.PutEvents', async () => answer]]));
  closing.push(close);
  return endpoint;
}

const examples = eventExamples.slice(0, mostAtOnce);

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
  const Entries = [{ EventId: '1' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'Slow down' }, {}];
  const publish = publishAt(
    await busThatAnswers({ kind: 'output', output: { FailedEntryCount: 1, Entries } }),
  );
  expect(await publish(examples.slice(0, 4))).toEqual([
    undefined,
    'ThrottlingException',
    'NoAnswer',
    'NoAnswer',
  ]);
});

test('a call that is refused as a whole throws', async () => {
  const publish = publishAt(await busThatAnswers(refused('AccessDeniedException', 'Not yours')));
  await expect(publish(examples)).rejects.toThrow('Not yours');
});
