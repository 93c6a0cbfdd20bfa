import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';

/** Secret access keys by access key id. */
export type IssuedKeys = ReadonlyMap<string, string>;

/** The access keys that this deployment has issued. `now` is epoch milliseconds. Both reject when none can be read. */
export type AccessKeys = {
  /** The keys, known to be true no longer than five minutes ago. */
  current(now: number): Promise<IssuedKeys>;
  /** For a request that `current` refuses: the same map again, or a new one if the last reading is ten seconds old. */
  latest(now: number): Promise<IssuedKeys>;
};

/** How long, in milliseconds, keys are used without reading them again. */
const accessKeysMaximumAge = 5 * 60_000;
/** The least time in milliseconds between two readings while there are keys to go on with. */
const accessKeysReadingInterval = 10_000;
/** How long, in milliseconds, keys stay in use while they cannot be read again. */
const accessKeysLastResortAge = 60 * 60_000;

type Reading = { readonly keys: IssuedKeys; readonly readAt: number };

/**
 * Access keys kept as one secret, a JSON object of secret access keys by access key id. One reading is kept, and one
 * is under way at a time, which all callers share. A reading that fails, a malformed secret too, leaves the last keys
 * in use for an hour; `onReadingFailed` hears of it. How long a reading may take is the client's to say.
 */
export function accessKeysFromSecretsManager(source: {
  readonly client: SecretsManagerClient;
  readonly secretId: string;
  readonly onReadingFailed?: (error: unknown) => void;
}): AccessKeys {
  let last: Reading | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<IssuedKeys> | undefined;

  async function read(now: number): Promise<IssuedKeys> {
    triedAt = now;
    try {
      const answer = await source.client.send(new GetSecretValueCommand({ SecretId: source.secretId }));
      last = { keys: parseAccessKeys(answer.SecretString), readAt: now };
    } catch (error) {
      if (last === undefined || now - last.readAt > accessKeysLastResortAge) throw error;
      source.onReadingFailed?.(error);
    }
    return last.keys;
  }

  async function keysReadWithin(maximumAge: number, now: number): Promise<IssuedKeys> {
    if (last !== undefined && now - last.readAt <= maximumAge) return last.keys;
    // While Secrets Manager fails, callers go on with what is known instead of each waiting for another failure.
    const hasJustTried = now - triedAt <= accessKeysReadingInterval;
    if (last !== undefined && hasJustTried && now - last.readAt <= accessKeysLastResortAge) {
      return underWay ?? last.keys;
    }
    underWay ??= read(now).finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  return {
    current: (now) => keysReadWithin(accessKeysMaximumAge, now),
    latest: (now) => keysReadWithin(accessKeysReadingInterval, now),
  };
}

const accessKeysShape = v.pipe(
  v.string(),
  v.parseJson(),
  // An array passes for a record of keys 0, 1, 2 ...
  v.check((json) => !Array.isArray(json)),
  v.record(v.pipe(v.string(), v.regex(/^\w{1,128}$/)), v.pipe(v.string(), v.minLength(1))),
);

/** Throws for anything but the JSON object, without a word of what the secret holds. */
function parseAccessKeys(secret: string | undefined): IssuedKeys {
  const parsed = v.safeParse(accessKeysShape, secret);
  if (!parsed.success) {
    throw new Error(
      'The access keys secret must be a JSON object of secret access keys by access key id (letters, digits, underscores).',
    );
  }
  return new Map(Object.entries(parsed.output));
}
