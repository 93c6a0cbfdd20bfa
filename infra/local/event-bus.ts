import { randomUUID } from 'node:crypto';
import type { EventBridgeEvent } from 'aws-lambda';
import * as v from 'valibot';
import { accountId, region } from './account.ts';
import { type AwsJsonServer, type OperationAnswer, refused, serveAwsJson } from './aws-json-server.ts';
import type { NamedResource } from './stack.ts';

/** An event as EventBridge hands it to those whom a rule of the bus names. */
export type BusEvent = EventBridgeEvent<string, Readonly<Record<string, unknown>>>;

const maxEntries = 10;

/**
 * For all entries of a call together. EventBridge's own limit is this or, by now, a higher one: what is taken here is taken
 * there, whatever it is.
 */
const maxBytes = 256 * 1024;

const maxDetailTypeCharacters = 128;

const requestSchema = v.object({
  Entries: v.array(
    v.object({
      Detail: v.optional(v.string()),
      DetailType: v.optional(v.string()),
      EventBusName: v.optional(v.string(), 'default'),
      Resources: v.optional(v.array(v.string()), []),
      Source: v.optional(v.string()),
      /** Epoch seconds. */
      Time: v.optional(v.number()),
    }),
  ),
});

type Entry = v.InferOutput<typeof requestSchema>['Entries'][number];

const detailSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.check((detail) => !Array.isArray(detail)),
  v.record(v.string(), v.unknown()),
);

/**
 * Stands in for EventBridge: PutEvents for the buses that the template declares, on 127.0.0.1 alone. Each event that it
 * takes is passed on at once.
 */
export function serveEventBus(
  buses: readonly NamedResource[],
  onEvent: (event: BusEvent) => void,
): Promise<AwsJsonServer> {
  const names = new Set(buses.flatMap(({ name, arn }) => [name, arn]));
  const putEvents = async (input: unknown): Promise<OperationAnswer> => {
    const request = v.safeParse(requestSchema, input);
    if (!request.success) return refused('SerializationException', 'The request is no PutEvents');
    const { Entries: entries } = request.output;
    const reason = whyNotTaken(entries);
    if (reason !== undefined) return refused('ValidationException', reason);
    const results = entries.map((entry) => put(entry, names, onEvent));
    const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
    return { kind: 'output', output: { FailedEntryCount, Entries: results } };
  };
  return serveAwsJson(new Map([['AWSEvents.PutEvents', putEvents]]));
}

/** Why the request is refused as a whole. */
function whyNotTaken(entries: readonly Entry[]): string | undefined {
  if (entries.length < 1 || entries.length > maxEntries) {
    return `Entries has ${entries.length} members and may have 1 to ${maxEntries}`;
  }
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  return bytes > maxBytes
    ? `Total size of the entries in the request is over the limit: ${bytes}`
    : undefined;
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function sizeOf({ Detail = '', DetailType = '', Source = '', Resources, Time }: Entry): number {
  const texts = [Detail, DetailType, Source, ...Resources];
  return texts.reduce((sum, each) => sum + Buffer.byteLength(each), Time === undefined ? 0 : 14);
}

type PutResult = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

function put(entry: Entry, names: ReadonlySet<string>, onEvent: (event: BusEvent) => void): PutResult {
  const { Detail, DetailType, EventBusName, Resources, Source, Time = Date.now() / 1000 } = entry;
  if (!names.has(EventBusName))
    return failed('AccessDeniedException', `${EventBusName} is no bus of this stack`);
  if (!Source) return failed('InvalidArgument', 'Source is a required argument');
  if (Source.startsWith('aws.'))
    return failed('NotAuthorizedForSourceException', `${Source} is for AWS alone`);
  if (!DetailType) return failed('InvalidArgument', 'DetailType is a required argument');
  if (DetailType.length > maxDetailTypeCharacters) return failed('InvalidArgument', 'DetailType is too long');
  if (!Detail) return failed('InvalidArgument', 'Detail is a required argument');
  const detail = v.safeParse(detailSchema, Detail);
  if (!detail.success) return failed('MalformedDetail', 'Detail is malformed');

  const id = randomUUID();
  onEvent({
    version: '0',
    id,
    'detail-type': DetailType,
    source: Source,
    account: accountId,
    // In whole seconds.
    time: new Date(Time * 1000).toISOString().replace(/\.\d+/, ''),
    region,
    resources: Resources,
    detail: detail.output,
  });
  return { EventId: id };
}

function failed(ErrorCode: string, ErrorMessage: string): PutResult {
  return { ErrorCode, ErrorMessage };
}
