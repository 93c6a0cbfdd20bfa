import { cbor } from '@smithy/core/cbor';
import { type WireErrorName, wireErrors } from '#lib/wire/errors.ts';
import { type RawRequest, unsigned, unsignedCbor, unsignedPlainJson } from './raw-request.ts';

/** One of the three ways to speak with the service, byte by byte. */
export type Speaker = {
  readonly name: string;
  unsigned(operation: string, body: Buffer): RawRequest<Buffer>;
  encode(input: object): Buffer;
  decode(body: Buffer): unknown;
  /** The headers that every answer has, beside its request id. */
  readonly headers: Readonly<Record<string, string>>;
  /** How an error is told. The message may be a matcher of vitest. */
  refusal(name: WireErrorName, message: unknown): { readonly status: number; readonly body: unknown };
};

const inJson = {
  encode: (input: object) => Buffer.from(JSON.stringify(input)),
  decode: (body: Buffer): unknown => JSON.parse(body.toString()),
};

export const speakers: readonly Speaker[] = [
  {
    name: 'AWS JSON',
    unsigned,
    ...inJson,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    refusal(name, message) {
      const { status, messageMember } = wireErrors[name];
      return { status, body: { __type: name, [messageMember]: message } };
    },
  },
  {
    name: 'CBOR',
    unsigned: unsignedCbor,
    encode: (input) => Buffer.from(cbor.serialize(input)),
    decode: (body): unknown => cbor.deserialize(body),
    headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
    refusal(name, message) {
      const { status, messageMember, namespace } = wireErrors[name];
      return { status, body: { __type: `${namespace}#${name}`, [messageMember]: message } };
    },
  },
  {
    name: 'plain JSON',
    unsigned: unsignedPlainJson,
    ...inJson,
    headers: { 'content-type': 'application/json' },
    refusal(name, message) {
      const { status, code } = wireErrors[name].plain;
      return { status, body: { success: false, error: { code, message } } };
    },
  },
];

export function speakerOf(name: string): Speaker {
  const found = speakers.find((speaker) => speaker.name === name);
  if (found === undefined) throw new Error(`Nobody speaks ${name}`);
  return found;
}
