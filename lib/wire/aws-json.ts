import { wireErrors } from './errors.ts';
import { decodeJsonBody } from './json-body.ts';
import type { Spelling } from './spelling.ts';

const contentType = 'application/x-amz-json-1.1';

/**
 * AWS JSON 1.1, as the Smithy specification describes it
 * (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html). A time is spelled in seconds since 1970, with its
 * milliseconds as a fraction.
 */
export const awsJson: Spelling = {
  contentType,
  headers: { 'content-type': contentType },
  decode: decodeJsonBody,
  encodeAnswer: (output) => ({ status: 200, body: JSON.stringify(output, spellTime) }),
  encodeError({ name, message }) {
    const { status, messageMember } = wireErrors[name];
    return { status, body: JSON.stringify({ __type: name, [messageMember]: message }) };
  },
};

/** By the time a replacer sees a date it is a string already; the object that holds it still has the date. */
function spellTime(this: Readonly<Record<string, unknown>>, member: string, value: unknown): unknown {
  const given = this[member];
  return given instanceof Date ? given.getTime() / 1000 : value;
}
