import { EventBridgeSchema } from '@aws-lambda-powertools/parser/schemas/eventbridge';
import {
  EventBridgeClient,
  ListEventBusesCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { localAwsAccess } from '#infra/local/account.ts';
import type { AwsJsonServer } from '#infra/local/aws-json-server.ts';
import { type BusEvent, serveEventBus } from '#infra/local/event-bus.ts';

const bus = { logicalId: 'Bus', name: 'games', arn: 'arn:aws:events:us-east-1:000000000000:event-bus/games' };
const events: BusEvent[] = [];
let server: AwsJsonServer;
let client: EventBridgeClient;
beforeAll(async () => {
  server = await serveEventBus([bus], (event) => events.push(event));
  client = new EventBridgeClient({ ...localAwsAccess, endpoint: server.endpoint, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});
beforeEach(() => {
  events.length = 0;
});

const entry: PutEventsRequestEntry = {
  EventBusName: bus.name,
  Source: 'games',
  DetailType: 'Game Ended',
  Detail: '{"number":1,"game":{"name":"é"}}',
};
const put = (...Entries: readonly PutEventsRequestEntry[]) =>
  client.send(new PutEventsCommand({ Entries: [...Entries] }));

describe('the stand-in of EventBridge', () => {
  test('passes on what the AWS SDK puts, as EventBridge does, in order', async () => {
    const other = { ...entry, EventBusName: bus.arn, Detail: '{}', Resources: ['a', 'b'] };
    const Time = new Date(Date.UTC(2026, 10, 22, 1, 2, 3, 456));
    const { FailedEntryCount, Entries } = await put({ ...entry, Time }, other);
    expect(FailedEntryCount).toBe(0);
    expect(events).toEqual([
      {
        version: '0',
        id: Entries?.[0]?.EventId,
        'detail-type': 'Game Ended',
        source: 'games',
        account: '000000000000',
        time: '2026-11-22T01:02:03Z',
        region: 'us-east-1',
        resources: [],
        detail: { number: 1, game: { name: 'é' } },
      },
      expect.objectContaining({ id: Entries?.[1]?.EventId, detail: {}, resources: ['a', 'b'] }),
    ]);
    for (const event of events) expect(EventBridgeSchema.safeParse(event).error).toBeUndefined();
    expect(Entries?.[0]?.EventId).not.toBe(Entries?.[1]?.EventId);
  });

  test.each<[string, PutEventsRequestEntry, string]>([
    ['no detail', { ...entry, Detail: undefined }, 'InvalidArgument'],
    ['a detail that is no JSON', { ...entry, Detail: '{' }, 'MalformedDetail'],
    ['a detail that is no object', { ...entry, Detail: '[]' }, 'MalformedDetail'],
    ['no type', { ...entry, DetailType: undefined }, 'InvalidArgument'],
    ['a type that is too long', { ...entry, DetailType: 'x'.repeat(129) }, 'InvalidArgument'],
    ['no source', { ...entry, Source: '' }, 'InvalidArgument'],
    ["AWS's source", { ...entry, Source: 'aws.games' }, 'NotAuthorizedForSourceException'],
    ['another bus', { ...entry, EventBusName: 'other' }, 'AccessDeniedException'],
    ['no bus, which is the default one', { ...entry, EventBusName: undefined }, 'AccessDeniedException'],
  ])('refuses an entry with %s, and takes those beside it', async (_, refused, code) => {
    const { FailedEntryCount, Entries } = await put(entry, refused, entry);
    expect(FailedEntryCount).toBe(1);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, code, undefined]);
    expect(events.map(({ id }) => id)).toEqual([Entries?.[0]?.EventId, Entries?.[2]?.EventId]);
  });

  /** With the source and the type, so many bytes. */
  const ofBytes = (bytes: number) => {
    const Detail = `{"a":"${'é'.repeat(100)}"}`;
    const rest = bytes - Buffer.byteLength(Detail) - 'games'.length - 'Game Ended'.length;
    return { ...entry, Detail: Detail.replace('"}', `${'x'.repeat(rest)}"}`) };
  };

  test.each([
    ['no entry', []],
    ['eleven entries', Array(11).fill(entry)],
    ['a byte more than 256 KB in one entry', [ofBytes(256 * 1024 + 1)]],
    ['a byte more than 256 KB in all', [ofBytes(128 * 1024), ofBytes(128 * 1024 + 1)]],
    ['a time beside 256 KB', [{ ...ofBytes(256 * 1024), Time: new Date() }]],
  ])('refuses a call with %s as a whole', async (_, entries) => {
    await expect(put(...entries)).rejects.toThrow(expect.objectContaining({ name: 'ValidationException' }));
    expect(events).toEqual([]);
  });

  test('takes 256 KB and ten entries', async () => {
    await put(ofBytes(128 * 1024), ofBytes(128 * 1024));
    await put(...Array(10).fill(entry));
    expect(events).toHaveLength(12);
  });

  test('answers no other operation', async () => {
    const listing = client.send(new ListEventBusesCommand({}));
    await expect(listing).rejects.toThrow(expect.objectContaining({ name: 'UnknownOperationException' }));
  });
});
