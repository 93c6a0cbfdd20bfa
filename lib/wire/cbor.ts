import { cbor, dateToTag } from '@smithy/core/cbor';
import { findCborFault } from './cbor-fault.ts';
import { wireErrors } from './errors.ts';
import { isList, isStructure, type OutputValue } from './output.ts';
import { isRecord } from './record.ts';
import type { Spelling } from './spelling.ts';

const contentType = 'application/cbor';

/** What the header `smithy-protocol` says of requests and answers. */
export const cborProtocol = { header: 'smithy-protocol', name: 'rpc-v2-cbor' } as const;

/**
 * CBOR, as the Smithy RPC v2 protocol has it (https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html). A time
 * is spelled as tag 1 around seconds since 1970, with its milliseconds as a fraction. An error names its absolute shape:
 * the service's own in the namespace of the service model, and one of the front end in the namespace in which the front
 * end of AWS's services names them, since the service model does not know it.
 */
export const rpcV2Cbor: Spelling = {
  contentType,
  headers: { 'content-type': contentType, [cborProtocol.header]: cborProtocol.name },
  decode(body) {
    if (body.length === 0) return { kind: 'ok', value: {} };
    // The codec trusts what it reads.
    const fault = findCborFault(body);
    if (fault !== undefined) return { kind: 'malformed', message: fault };
    const value: unknown = cbor.deserialize(body);
    return isRecord(value)
      ? { kind: 'ok', value }
      : { kind: 'malformed', message: 'The request body must be a CBOR map' };
  },
  encodeAnswer: (output) => ({ status: 200, body: cbor.serialize(encodable(output)) }),
  encodeError({ name, message }) {
    const { status, messageMember, namespace } = wireErrors[name];
    return { status, body: cbor.serialize({ __type: `${namespace}#${name}`, [messageMember]: message }) };
  },
};

/** The value as the codec takes it, which knows neither times nor members that are undefined. */
function encodable(value: OutputValue): unknown {
  if (value instanceof Date) return dateToTag(value);
  if (isList(value)) return value.map(encodable);
  if (!isStructure(value)) return value;
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members[name] = encodable(member);
  }
  return members;
}
