import * as v from 'valibot';
import { type Role, roles } from './roles.ts';

/** An access key that was issued to a caller. */
export type IssuedKey = {
  readonly secretAccessKey: string;
  readonly role: Role;
  /** Epoch milliseconds: from then on the key is refused. */
  readonly until?: number;
};

/** Issued access keys by access key id. */
export type IssuedKeys = ReadonlyMap<string, IssuedKey>;

/** Letters, digits and underscores: nothing that would end the id in a credential. */
export const accessKeyIdPattern = /^\w{1,128}$/;

/** Whether the key is still good at `now`, epoch milliseconds. */
export const isInForce = ({ until }: IssuedKey, now: number): boolean => until === undefined || now < until;

export type ReadKeys = {
  readonly keys: IssuedKeys;
  /** The ids, or whatever stands in their place, of entries that are no access keys. */
  readonly malformed: readonly string[];
};

/**
 * Reads the keys from what the secret holds: a JSON object from access key id to either a secret access key alone, with
 * the role admin, which is what a deployment generates; or `{ "secret", "role", "until" }`.
 *
 * An entry that is no access key is left out, and nobody is let in by it. The others stay: one word mistyped in one of
 * them must not shut the service for every caller, nor keep a key that the same edit took out.
 *
 * @throws Error for anything but a JSON object, without a word of what the secret holds.
 */
export function readIssuedKeys(secret: string | undefined): ReadKeys {
  const parsed = v.safeParse(jsonObject, secret);
  if (!parsed.success) {
    throw new Error('The access keys secret must be a JSON object of access keys by access key id.');
  }
  const keys = new Map<string, IssuedKey>();
  const malformed: string[] = [];
  for (const [id, written] of Object.entries(parsed.output)) {
    const key = v.safeParse(keyShape, written);
    if (key.success && accessKeyIdPattern.test(id)) keys.set(id, key.output);
    else malformed.push(id);
  }
  return { keys, malformed };
}

/** Writes keys as `readIssuedKeys` reads them, and the plain ones as the deployment does. */
export function writeIssuedKeys(keys: IssuedKeys): string {
  return JSON.stringify(Object.fromEntries([...keys].map(([id, key]) => [id, writeKey(key)])));
}

function writeKey({ secretAccessKey, role, until }: IssuedKey): unknown {
  if (role === 'admin' && until === undefined) return secretAccessKey;
  return { secret: secretAccessKey, role, until: until === undefined ? undefined : writeTime(until) };
}

/** Epoch milliseconds as a person reads and writes them: ISO 8601 in UTC, less the fraction of a second. */
export const writeTime = (time: number): string => new Date(time).toISOString().replace(/\.\d+/, '');

const jsonObject = v.pipe(
  v.string(),
  v.parseJson(),
  v.custom<object>((json) => typeof json === 'object' && json !== null && !Array.isArray(json)),
);

const secretShape = v.pipe(v.string(), v.minLength(1));

const timeShape = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => Date.parse(text)),
  v.number(),
);

const keyShape = v.union([
  v.pipe(
    secretShape,
    v.transform((secretAccessKey): IssuedKey => ({ secretAccessKey, role: 'admin' })),
  ),
  v.pipe(
    // Strict, because a mistyped `until` would make a key that is good for ever.
    v.strictObject({ secret: secretShape, role: v.picklist(roles), until: v.optional(timeShape) }),
    v.transform(
      ({ secret, role, until }): IssuedKey => ({
        secretAccessKey: secret,
        role,
        ...(until !== undefined && { until }),
      }),
    ),
  ),
]);
