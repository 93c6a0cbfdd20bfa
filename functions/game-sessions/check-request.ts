import * as v from 'valibot';
import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { parseExactJson } from '#lib/wire/exact-json.ts';
import { decodeJsonBody } from '#lib/wire/json-body.ts';
import { invalid, type Refused, refused } from './answer.ts';
import type { Fault } from './answers.ts';
import { members } from './members.ts';
import type { BodyForm, Incoming, RequestOf, RouteInput } from './route.ts';

export type CheckedRequest<Input extends RouteInput> =
  | { readonly kind: 'checked'; readonly request: RequestOf<Input> }
  | Refused;

/** More than any useful body: a message of 16 KiB takes 22 KB of Base64. */
export const maximumBodyBytes = 100_000;

/**
 * Makes the check of a route's requests. It tells all that is wrong with query, headers and body at once; a path that
 * cannot name anything comes before.
 */
export function requestChecker<Input extends RouteInput>(input: Input) {
  const path = members(input.path ?? {});
  const query = members(input.query ?? {});
  const headers = members(input.headers ?? {});
  const forms = input.body?.map((form) => ({ ...form, schema: members(form.entries) }));

  return (request: Incoming, caller: Caller): CheckedRequest<Input> => {
    const { http } = request;
    const named = read(path, request.path, pointerFault);
    if (named.faults.length > 0) return refused('NOT_FOUND', nothingThere(named.faults));
    if (http.body.length > maximumBodyBytes) {
      return refused('TOO_LARGE', `The body has ${http.body.length} bytes, more than ${maximumBodyBytes}.`);
    }
    const parts = {
      query: readQuery(query, http.query),
      headers: read(headers, pickHeaders(input.headers ?? {}, http.headers), headerFault),
      body: forms === undefined ? nothing : readBody(forms, http.body, caller),
    };
    const faults = [parts.query, parts.headers, parts.body].flatMap((part) => part.faults);
    if (faults.length > 0) return invalid(faults);
    const checked = {
      path: named.value,
      query: parts.query.value,
      headers: parts.headers.value,
      body: parts.body.value,
    };
    // The one place where schemas, which are known at run time alone, meet the type computed from them.
    return { kind: 'checked', request: checked as RequestOf<Input> };
  };
}

/** One part of a request: what was read, or what is wrong with it. */
type Part = { readonly value: unknown; readonly faults: readonly Fault[] };

const nothing: Part = { value: undefined, faults: [] };

type Keys = readonly (string | number)[];

function read(schema: v.GenericSchema, value: unknown, faultAt: (keys: Keys, detail: string) => Fault): Part {
  // Of each value the first thing that is wrong is told: the others may follow from it.
  const parsed = v.safeParse(schema, value, { abortPipeEarly: true });
  if (parsed.success) return { value: parsed.output, faults: [] };
  const faults = parsed.issues.map(({ path = [], message }) => {
    const keys = path.map(({ key }) => (typeof key === 'number' ? key : String(key)));
    return faultAt(keys, message);
  });
  return { value: undefined, faults };
}

/** The pointer of RFC 6901. */
const pointerFault = (keys: Keys, detail: string): Fault => ({
  pointer: keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
  detail,
});
const parameterFault = ([name]: Keys, detail: string): Fault => ({ parameter: String(name), detail });
const headerFault = ([name]: Keys, detail: string): Fault => ({ header: String(name), detail });

const nothingThere = (faults: readonly Fault[]): string =>
  `The path names nothing: ${faults
    .flatMap((fault) => ('pointer' in fault ? `${fault.pointer.slice(1)} ${fault.detail}` : []))
    .join(', ')}.`;

/** The gateway would join the values of a parameter that is there twice: the query is read as it was sent. */
function readQuery(schema: v.GenericSchema, query: string): Part {
  const given = new URLSearchParams(query);
  const repeated = [...new Set(given.keys())].filter((name) => given.getAll(name).length > 1);
  const { value, faults } = read(schema, Object.fromEntries(given), parameterFault);
  return {
    value,
    faults: [...repeated.map((name) => parameterFault([name], 'is there more than once')), ...faults],
  };
}

/** The headers that a route knows, by the names that it knows them by: on the wire they are in lower case. */
const pickHeaders = (known: v.ObjectEntries, given: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.keys(known).flatMap((name) => {
      const value = given[name.toLowerCase()];
      return value === undefined ? [] : [[name, value]];
    }),
  );

type Form = BodyForm & { readonly schema: v.GenericSchema };

function readBody(forms: readonly Form[], bytes: Uint8Array, caller: Caller): Part {
  const body = decodeJsonBody(bytes, parseExactJson);
  if (body.kind === 'malformed') {
    return { value: undefined, faults: [{ pointer: '', detail: 'must be a JSON object in UTF-8' }] };
  }
  const form = forms.find(
    (known) =>
      (known.for ?? caller.kind) === caller.kind &&
      (known.with === undefined || Object.hasOwn(body.value, known.with)),
  );
  if (form === undefined) throw new Error(`No form of the body is for the token of a ${caller.kind}`);
  return read(form.schema, body.value, pointerFault);
}
