import * as v from 'valibot';
import { longestGamertag } from '#lib/auth/token-claims.ts';
import { removalRules, visibilities } from '#lib/table/rostered-item.ts';
import { problemCodes } from './problems.ts';

/**
 * The objects of the API as answers spell them, member by member in the documented order. The spelling is held to their
 * types, and the OpenAPI description is made from the schemas.
 */

const described = <const Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.pipe(schema, v.description(description));

const int32 = v.pipe(v.number(), v.integer(), v.metadata({ format: 'int32' }));
/** A JSON number that a double may not hold, as `rawNumber` makes it. */
const xuid = v.pipe(v.unknown(), v.metadata({ type: 'integer', minimum: 0, format: 'uint64' }));
const dateTime = v.pipe(v.string(), v.metadata({ format: 'date-time' }));
const base64 = v.pipe(v.string(), v.metadata({ contentEncoding: 'base64' }));

export const Player = v.strictObject({
  xuid,
  gamertag: described(v.string(), `At most ${longestGamertag} characters.`),
  seatIndex: described(int32, "The player's place in the roster, from 0. It never changes."),
  customData: described(v.nullable(base64), 'At most 1,024 bytes.'),
  isCurrentlyInSession: described(v.boolean(), 'False for a player who has left.'),
});
export type Player = v.InferOutput<typeof Player>;

const facts = {
  sessionId: v.pipe(v.string(), v.metadata({ format: 'uuid' })),
  titleId: described(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.metadata({ format: 'uint32' })),
    'The title that created the session.',
  ),
  variant: described(int32, 'The game variant.'),
  displayName: v.string(),
  creationTime: described(dateTime, 'UTC, in whole seconds.'),
  customData: described(v.nullable(v.array(v.pipe(v.number(), v.integer()))), 'Bytes, at most 1,024.'),
};

export const GameSession = v.strictObject({
  ...facts,
  maxPlayers: int32,
  seatsAvailable: described(
    int32,
    'How many players can still join: seats that are reserved are not counted.',
  ),
  isClosed: described(v.boolean(), 'Whether requests to join are refused.'),
  hasEnded: described(v.boolean(), 'Whether the session is over: nothing in it changes any more.'),
  roster: described(
    v.array(Player),
    'Current players and those who have left, in the order in which they first came in.',
  ),
  visibility: described(v.picklist(visibilities), 'Whom the session is shown to.'),
  playersCanBeRemovedBy: described(v.picklist(removalRules), 'Who may take players out.'),
});
export type GameSession = v.InferOutput<typeof GameSession>;

export const GameSessionSummary = v.strictObject({ ...facts, hasEnded: v.boolean() });
export type GameSessionSummary = v.InferOutput<typeof GameSessionSummary>;

export const GameMessage = v.strictObject({
  queueIndex: int32,
  sequenceNumber: described(
    v.pipe(int32, v.minValue(1)),
    'Greater than that of each message before it in the same queue. There can be gaps.',
  ),
  senderXuid: xuid,
  timeStamp: described(dateTime, 'UTC, in whole seconds, by the clock of the service.'),
  data: base64,
});
export type GameMessage = v.InferOutput<typeof GameMessage>;

export const SessionPage = v.strictObject({
  sessions: v.array(GameSessionSummary),
  continuationToken: described(v.nullable(v.string()), 'Continues the list. Null at its end.'),
});
export type SessionPage = v.InferOutput<typeof SessionPage>;

/** What a party is answered with when it comes in. */
export const Players = v.strictObject({ players: v.array(Player) });
export type Players = v.InferOutput<typeof Players>;

export const Reservations = v.strictObject({
  reservations: v.array(
    v.strictObject({
      xuid,
      deadline: described(v.nullable(dateTime), 'When the seat is given up. Null for a player who is in.'),
    }),
  ),
});
export type Reservations = v.InferOutput<typeof Reservations>;

export const Messages = v.strictObject({ messages: v.array(GameMessage) });
export type Messages = v.InferOutput<typeof Messages>;

const detail = described(v.string(), 'What is wrong with it.');

/** What is wrong with one part of a request: a member of the body, a query parameter or a header. */
export const Fault = v.union([
  v.strictObject({
    pointer: described(v.string(), 'JSON pointer (RFC 6901) to a member of the body.'),
    detail,
  }),
  v.strictObject({ parameter: described(v.string(), 'The name of a query parameter.'), detail }),
  v.strictObject({ header: described(v.string(), 'The name of a header.'), detail }),
]);
export type Fault = v.InferOutput<typeof Fault>;

/** Problem details (RFC 9457). */
export const ProblemDetails = v.strictObject({
  type: described(v.string(), 'A URN with the code: `urn:openslot:problem:session-full`.'),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  detail: described(v.string(), 'What was the matter this time.'),
  code: v.picklist(problemCodes),
  errors: described(v.optional(v.array(Fault)), 'All that is wrong with the request, or the first hundred.'),
  session: v.optional(GameSession),
});
export type ProblemDetails = v.InferOutput<typeof ProblemDetails>;
