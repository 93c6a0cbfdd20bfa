import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { type FetchLimits, fetchText } from './fetch-text.ts';
import { readPublishedKeys } from './published-keys.ts';

/** The keys that the issuer of tokens publishes. */
export type KeySet = {
  /**
   * Finds the key of a token, for jose's `jwtVerify`, at `now` in epoch milliseconds. It throws jose's errors where no one
   * key fits, and `KeySetUnavailableError` where no keys are known.
   */
  at(now: number): JWTVerifyGetKey;
};

/** No keys could be fetched: whether a token is good cannot be said. */
export class KeySetUnavailableError extends Error {
  override readonly name = 'KeySetUnavailableError';
}

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** How long, in milliseconds, keys are used without fetching them again: so long a withdrawn key stays good. */
export const keySetMaximumAge = hours;
/** The least time in milliseconds between two fetches while there are keys to go on with. */
export const keySetFetchInterval = minutes;
/** The same while there are none, when every token waits for the issuer to be back. */
const fetchIntervalWithoutKeys = 5 * seconds;
/** How long, in milliseconds, keys stay in use while they cannot be fetched again. */
const keySetLastResortAge = 24 * hours;

/** Key sets have a few KB. A caller waits for the fetch, so its time is short. */
const usualLimits: FetchLimits = { milliseconds: 2 * seconds, bytes: 128 * 1024 };

type Keys = ReturnType<typeof createLocalJWKSet>;
type Fetched = { readonly keys: Keys; readonly at: number };

/**
 * A JSON Web Key Set at a URL: https, or http on this machine. The keys are fetched when the first token asks for one,
 * when they are old, and when a token is signed with a key that is not among them, but not twice within a minute. One
 * fetch is under way at a time, which all callers share. One that fails leaves the last keys in use for a day;
 * `onFetchFailed` hears of it.
 */
export function keySetFromUrl(source: {
  readonly url: string;
  readonly onFetchFailed?: (error: unknown) => void;
  readonly limits?: FetchLimits;
}): KeySet {
  let last: Fetched | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<Keys> | undefined;

  async function fetchKeys(now: number): Promise<Keys> {
    triedAt = now;
    try {
      const text = await fetchText(source.url, source.limits ?? usualLimits);
      last = { keys: createLocalJWKSet({ keys: [...readPublishedKeys(text)] }), at: now };
    } catch (error) {
      source.onFetchFailed?.(error);
    }
    return lastKeys(now);
  }

  function lastKeys(now: number): Keys {
    if (last !== undefined && now - last.at <= keySetLastResortAge) return last.keys;
    throw new KeySetUnavailableError('The keys of the token issuer cannot be fetched');
  }

  async function keysFetchedWithin(maximumAge: number, now: number): Promise<Keys> {
    if (last !== undefined && now - last.at <= maximumAge) return last.keys;
    const interval = last === undefined ? fetchIntervalWithoutKeys : keySetFetchInterval;
    if (underWay === undefined && now - triedAt <= interval) return lastKeys(now);
    underWay ??= fetchKeys(now).finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  return {
    at: (now) => async (header, token) => {
      const keys = await keysFetchedWithin(keySetMaximumAge, now);
      try {
        return await keys(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        // The issuer may have begun to sign with a new key.
        const latest = await keysFetchedWithin(keySetFetchInterval, now);
        if (latest === keys) throw error;
        return await latest(header, token);
      }
    },
  };
}
