import { cbor, dateToTag } from '@smithy/core/cbor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRecord } from '#lib/wire/record.ts';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf } from '#test/support/contents.ts';
import {
  type RawAnswer,
  type RawRequest,
  sendRaw,
  signed,
  unsigned,
  unsignedCbor,
  unsignedPlainJson,
} from '#test/support/raw-request.ts';
import { type Service, startService } from '#test/support/service.ts';
import { createExisting } from './limits/existing.ts';
import { limits } from './limits/limits.ts';
import type { Member } from './limits/member.ts';

/** How the values of the table are written into a request, and which error an answer names. */
type Spelling = {
  readonly request: (operation: string, input: object) => RawRequest;
  /** Undefined for an answer that is no error. */
  readonly error: (answer: RawAnswer) => unknown;
};

const awsJson: Spelling = {
  request: (operation, input) => unsigned(operation, JSON.stringify(input)),
  error: ({ body }) => within(JSON.parse(body), '__type'),
};
const rpcV2Cbor: Spelling = {
  // JSON leaves out what is undefined, which the codec does not write.
  request: (operation, input) =>
    unsignedCbor(operation, Buffer.from(cbor.serialize(withoutUndefined(input)))),
  error: ({ bytes }) => within(cbor.deserialize(bytes), '__type'),
};
const plainJson: Spelling = {
  request: (operation, input) => unsignedPlainJson(operation, JSON.stringify(input)),
  error: ({ body }) => within(JSON.parse(body), 'error', 'code'),
};

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isRecord(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutUndefined(member)]));
}

const within = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((held, name) => Object(held)[name], value);

/** Values of types that JSON does not have. */
const onlyInCbor = [new Uint8Array([120]), dateToTag(new Date(0)), 2n ** 40n, Number.NaN, -Infinity];

const isInCbor = (value: unknown) => typeof value !== 'string' || value.isWellFormed();

let service: Service;
beforeAll(async () => {
  service = await startService();
  await createExisting(service);
});
afterAll(() => service.close());

type Values = (member: Member) => readonly unknown[];

const beyondLimits: Values = ({ limit }) => limit.refuses.map(([value]) => value);
const missing: Values = ({ isRequired }) => (isRequired ? [undefined, null] : []);
const wrongTypes: Values = ({ limit }) => limit.wrongTypes;
const wrongTypesInCbor: Values = ({ limit }) =>
  limit.wrongTypes.length === 0 ? [] : [...limit.wrongTypes.filter(isInCbor), ...onlyInCbor];
const withinLimits: Values = ({ limit, isRequired }) => [...limit.accepts, ...(isRequired ? [] : [null])];

/** Sends every member with each of its values, and tells of the answers that are not as expected. */
async function unexpected(
  { request, error }: Spelling,
  valuesOf: Values,
  isExpected: (status: number, error: unknown) => boolean,
): Promise<readonly string[]> {
  const unexpectedTo = async ({ operation, path, requestWith }: Member, value: unknown) => {
    const answer = await sendRaw(service.url, signed(service, request(operation, requestWith(value))));
    const named = error(answer);
    if (isExpected(answer.status, named)) return [];
    return [`${operation} with ${String(value).slice(0, 80)} at ${path}: ${answer.status} ${named}`];
  };
  const sent = limits.flatMap((member) => valuesOf(member).map((value) => () => unexpectedTo(member, value)));
  const answers = await atOnce(8, sent.length, async (number) => (await sent[number]?.()) ?? []);
  return answers.flat();
}

test.each([
  ['AWS JSON', 'is invalid beyond a limit', awsJson, beyondLimits, 'InvalidRequestException'],
  ['AWS JSON', 'is invalid where it is required and missing', awsJson, missing, 'InvalidRequestException'],
  ['plain JSON', 'is invalid beyond a limit', plainJson, beyondLimits, 'VALIDATION_ERROR'],
  ['plain JSON', 'is invalid where it is required and missing', plainJson, missing, 'VALIDATION_ERROR'],
  ['plain JSON', 'cannot be read where it has another type', plainJson, wrongTypes, 'VALIDATION_ERROR'],
  [
    'CBOR',
    'is invalid beyond a limit',
    rpcV2Cbor,
    beyondLimits,
    'com.amazonaws.gamelift#InvalidRequestException',
  ],
  [
    'CBOR',
    'is invalid where it is required and missing',
    rpcV2Cbor,
    missing,
    'com.amazonaws.gamelift#InvalidRequestException',
  ],
  ['AWS JSON', 'cannot be read where it has another type', awsJson, wrongTypes, 'SerializationException'],
  [
    'CBOR',
    'cannot be read where it has another type',
    rpcV2Cbor,
    wrongTypesInCbor,
    'com.amazon.coral.service#SerializationException',
  ],
] as const)('in %s a member %s, and nothing changes', async (_, __, spelling, valuesOf, expected) => {
  const before = await contentsOf(service.table);
  const isExpected = (status: number, named: unknown) => status === 400 && named === expected;
  expect(await unexpected(spelling, valuesOf, isExpected)).toEqual([]);
  expect(await contentsOf(service.table)).toEqual(before);
});

test.each([
  ['AWS JSON', awsJson],
  ['CBOR', rpcV2Cbor],
  ['plain JSON', plainJson],
] as const)('in %s no value within the limits gives a 500', async (_, spelling) => {
  const isExpected = (status: number, named: unknown) =>
    status === 200 ? named === undefined : status < 500 && named !== undefined;
  expect(await unexpected(spelling, withinLimits, isExpected)).toEqual([]);
  expect(service.logged.filter(([message]) => message === 'Request failed')).toEqual([]);
});
