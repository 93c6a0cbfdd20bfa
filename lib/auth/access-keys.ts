import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type IssuedKeys, readIssuedKeys } from './issued-keys.ts';

/** The access keys that this deployment has issued. `now` is epoch milliseconds. Both reject when none can be read. */
export type AccessKeys = {
  /** The keys, known to be true no longer than five minutes ago. */
  current(now: number): Promise<IssuedKeys>;
  /** For a request that `current` refuses: the same map again, or a new one if the last reading is ten seconds old. */
  latest(now: number): Promise<IssuedKeys>;
};

/** How long, in milliseconds, keys are used without reading them again. */
export const accessKeysMaximumAge = 5 * 60_000;
/** The least time in milliseconds between two readings while there are keys to go on with. */
const accessKeysReadingInterval = 10_000;
/** How long, in milliseconds, keys stay in use while they cannot be read again. */
const accessKeysLastResortAge = 60 * 60_000;

type Reading = { readonly keys: IssuedKeys; readonly readAt: number };

/**
 * Access keys kept as one secret, as `readIssuedKeys` reads it. One reading is kept, and one is under way at a time, which
 * all callers share. A reading that fails, that of a secret which is no JSON object too, leaves the last keys in use for an
 * hour; `onReadingFailed` hears of it, and `onMalformed` of entries that are no access keys and are good for nobody. How
 * long a reading may take is the client's to say.
 */
export function accessKeysFromSecretsManager(source: {
  readonly client: SecretsManagerClient;
  readonly secretId: string;
  readonly onReadingFailed?: (error: unknown) => void;
  /** Is told how many, at each reading. Their ids are not for a log: one may be a secret in the wrong place. */
  readonly onMalformed?: (entries: number) => void;
}): AccessKeys {
  let last: Reading | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<IssuedKeys> | undefined;

  async function read(now: number): Promise<IssuedKeys> {
    triedAt = now;
    try {
      const answer = await source.client.send(new GetSecretValueCommand({ SecretId: source.secretId }));
      const { keys, malformed } = readIssuedKeys(answer.SecretString);
      last = { keys, readAt: now };
      if (malformed.length > 0) source.onMalformed?.(malformed.length);
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
