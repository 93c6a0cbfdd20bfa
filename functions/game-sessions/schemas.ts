import * as v from 'valibot';
import { isGamertag, longestGamertag } from '#lib/auth/token-claims.ts';
import { longestWait, maximumMessageBytes, maximumMessages } from '#lib/messages/limits.ts';
import { fewestPlayers, mostPlayers } from '#lib/rosters/create-session.ts';
import { sessionStates } from '#lib/rosters/list.ts';
import { removalRules, visibilities } from '#lib/table/rostered-item.ts';
import { queueCount } from '#lib/table/rostered-requests.ts';
import { greatestUint64, parseUint64 } from '#lib/wire/uint64.ts';
import { members } from './members.ts';

/**
 * The values that requests are made of. Each schema checks and reads one, and describes it in OpenAPI: what a check does
 * that JSON Schema cannot say, or what is read by a transformation, is told by metadata.
 */

const whole = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
};

const int32 = { least: -(2 ** 31), most: 2 ** 31 - 1 };

export const variant = whole(int32.least, int32.most);
export const maxPlayers = whole(fewestPlayers, mostPlayers);
export const flag = v.boolean('must be true or false');
/** A number that the service gave to a message of a queue; 0 stands before all of them. */
export const sequenceNumber = whole(0, int32.most);
/** How long a reservation holds its seats: a minute unless the caller says otherwise, a week at most. */
export const reservationSeconds = v.optional(whole(1, 7 * 24 * 60 * 60), 60);

/** In UTF-16 code units, as JavaScript, Java and C# count. */
const longestDisplayName = 128;

const notDisplayName = `must be a string of at most ${longestDisplayName} characters`;
export const displayName = v.pipe(
  v.string(notDisplayName),
  v.maxLength(longestDisplayName, notDisplayName),
  v.check((text) => text.isWellFormed(), 'must not have half a surrogate pair, which is no character'),
);

const notGamertag = `must be a string of 1 to ${longestGamertag} characters`;
export const gamertag = v.pipe(
  v.string(notGamertag),
  v.check(isGamertag, notGamertag),
  v.metadata({ minLength: 1, maxLength: longestGamertag }),
);

const oneOf = <const Values extends readonly string[]>(values: Values) =>
  v.picklist(values, `must be one of ${values.join(', ')}`);

export const visibility = oneOf(visibilities);
export const playersCanBeRemovedBy = oneOf(removalRules);

/** The most bytes of custom data, of a session and of a player alike. */
const maximumCustomDataBytes = 1024;

/** A session's custom data: an array of bytes, or null for none. */
export const sessionCustomData = v.pipe(
  v.nullable(
    v.pipe(
      v.array(whole(0, 255), 'must be an array of bytes, or null'),
      v.maxLength(maximumCustomDataBytes, `must have at most ${maximumCustomDataBytes} bytes`),
    ),
  ),
  v.transform((bytes) => (bytes === null ? undefined : Uint8Array.from(bytes))),
);

const decode = (encoded: string): Uint8Array => Buffer.from(encoded, 'base64');

/** Bytes in Base64 (RFC 4648, section 4, padded). Decoding passes over what is not: only the spelling of the bytes is taken. */
const base64 = () => {
  const message = 'must be a string of padded Base64';
  return v.pipe(
    v.string(message),
    v.check((encoded) => Buffer.from(encoded, 'base64').toString('base64') === encoded, message),
    v.metadata({ contentEncoding: 'base64' }),
  );
};

/** A player's custom data: Base64, or null for none. */
export const playerCustomData = v.nullable(
  v.pipe(
    base64(),
    v.check(
      (encoded) => decode(encoded).length <= maximumCustomDataBytes,
      `must have at most ${maximumCustomDataBytes} bytes`,
    ),
    v.metadata({ maxLength: base64Length(maximumCustomDataBytes) }),
    v.transform(decode),
  ),
);

/** The data of a message. Its size is for the route to check, which has an answer of its own for one that is too large. */
export const messageData = v.pipe(
  base64(),
  v.metadata({ maxLength: base64Length(maximumMessageBytes) }),
  v.transform(decode),
);

/** The characters that these bytes take in Base64. */
function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

const uint64 = { type: 'integer', minimum: 0, format: 'uint64' } as const;
const notUint64 = `must be a whole number from 0 to ${greatestUint64}`;

/** A xuid as a JSON number, exact over its whole 64 bits: read as the decimal string that it is within the service. */
export const xuid = v.pipe(
  v.unknown(),
  v.metadata(uint64),
  v.transform((value) => (typeof value === 'string' ? undefined : parseUint64(value))),
  v.string(notUint64),
);

/** A xuid in a path or a query. */
export const xuidText = v.pipe(
  v.string(),
  v.metadata(uint64),
  v.transform((digits) => parseUint64(digits)),
  v.string(notUint64),
);

/** The player whose sessions are listed. */
export const listedPlayer = v.union([v.literal('me'), xuidText], `must be me or a xuid`);

/** A whole number in a path or a query. */
export const wholeText = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.metadata({ type: 'integer', minimum: least, maximum: most }),
    v.transform((digits) => (/^(?:0|-?[1-9]\d*)$/.test(digits) ? Number(digits) : undefined)),
    whole(least, most),
  );

export const variantText = wholeText(int32.least, int32.most);
export const sequenceNumberText = wholeText(0, int32.most);
/** How many seconds an answer is held back while there is nothing to tell. */
export const waitSeconds = wholeText(0, longestWait);
/** Messages in an answer. */
export const messageCount = wholeText(1, maximumMessages);
/** Sessions in a page. */
export const pageSize = wholeText(1, 100);
export const sessionState = oneOf(sessionStates);

export const sessionId = v.pipe(
  v.string(),
  v.regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    'must be a UUID in lower case, as the service gave it',
  ),
);
/** One of a session's four message queues. */
export const queueIndex = wholeText(0, queueCount - 1);

export const idempotencyKey = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,255}$/, 'must have 1 to 255 visible ASCII characters'),
);

/** Players of whom all come in or none: nobody twice, and no more than a session can hold. */
export function party<const Entries extends v.ObjectEntries & { readonly xuid: typeof xuid }>(
  entries: Entries,
) {
  const message = `must be a list of 1 to ${mostPlayers} players`;
  return v.pipe(
    v.array(members(entries), message),
    v.minLength(1, message),
    v.maxLength(mostPlayers, message),
    v.checkItems(
      (player, index, players) => players.findIndex((other) => other.xuid === player.xuid) === index,
      'is a player who is in the list already',
    ),
  );
}
