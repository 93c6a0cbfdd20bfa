import * as v from 'valibot';
import { sessionStatuses } from '#lib/table/session-item.ts';

/**
 * The events as subscribers get them: what is in `detail`, by `detail-type`. The spelling is held to these types, and the JSON
 * Schemas of the documentation are made from them. Within a version members may be added.
 */

const described = <const Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.pipe(schema, v.description(description));

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const dateTime = v.pipe(v.string(), v.metadata({ format: 'date-time' }));
const xuid = v.pipe(v.string(), v.regex(/^\d{1,20}$/));

/** Another one where a member changes its meaning or goes; events of both versions are then published for a time. */
export const eventVersion = 1;

const head = {
  version: described(v.literal(eventVersion), 'The version of this schema.'),
  id: described(v.string(), 'The same whenever this event is delivered again, and no other event’s.'),
};
const at = described(
  dateTime,
  'When it happened, by the clock of the service: for what timed out, the deadline.',
);
const numbered = {
  ...head,
  number: described(
    count,
    'The number of this event among those of its session, from 0, without gaps. Messages have none.',
  ),
  at,
};

const GameLiftSession = v.object({
  api: v.literal('GameLift'),
  gameSessionId: described(v.string(), 'Its ARN.'),
  fleetId: v.string(),
  location: v.optional(v.string()),
  status: v.picklist(sessionStatuses),
  maximumPlayers: count,
  currentPlayers: described(count, 'Slots that are reserved or taken.'),
  acceptsPlayers: described(v.boolean(), 'Whether the policy lets new players in.'),
});
export type GameLiftSession = v.InferOutput<typeof GameLiftSession>;

const rosterNames = {
  api: v.literal('GameSession'),
  sessionId: v.pipe(v.string(), v.metadata({ format: 'uuid' })),
  titleId: count,
};
const RosterSession = v.object({
  ...rosterNames,
  status: v.picklist(['ACTIVE', 'TERMINATED']),
  maxPlayers: count,
  players: described(count, 'Players who are in.'),
  seatsAvailable: described(count, 'How many players can still join: seats that are held are not counted.'),
  isClosed: described(v.boolean(), 'Whether requests to join are refused.'),
});
export type RosterSession = v.InferOutput<typeof RosterSession>;

const gameSession = described(
  v.variant('api', [GameLiftSession, RosterSession]),
  'The session as the write left it that made this happen.',
);

const playerSessionId = v.string();
const deadline = described(dateTime, 'Until when the seat was held.');
const place = {
  xuid: described(xuid, 'A 64-bit number in decimal.'),
  gamertag: v.string(),
  seatIndex: described(count, 'The place in the roster.'),
};
const seat = v.object({
  seatId: described(
    v.string(),
    'Names the seat within its session. The same player is always held the same one.',
  ),
  deadline,
  xuid: described(
    v.optional(xuid),
    'For whom it is held, where that player has been in before: else the session does not know.',
  ),
});

const aboutSession = { ...numbered, gameSession };
const aboutGameLift = { ...numbered, gameSession: GameLiftSession };
const aboutRoster = { ...numbered, gameSession: RosterSession };

/** By detail type, in the order of the documentation. */
export const eventSchemas = {
  'Game Session Activated': v.pipe(
    v.object(aboutSession),
    v.description('A session can be joined from now on.'),
  ),
  'Game Session Changed': v.pipe(
    v.object(aboutSession),
    v.description(
      'A session is another than it was, and no seat of it. Also a new one that is not active yet.',
    ),
  ),
  'Game Session Ended': v.pipe(
    v.object(aboutSession),
    v.description('A session is over. Nothing happens in it any more.'),
  ),
  'Player Session Reserved': v.pipe(
    v.object({ ...aboutGameLift, playerSession: v.object({ playerSessionId, deadline }) }),
    v.description('A slot is held for a player until the deadline.'),
  ),
  'Player Session Accepted': v.pipe(
    v.object({ ...aboutGameLift, playerSession: v.object({ playerSessionId }) }),
    v.description('A player has come in.'),
  ),
  'Player Session Left': v.pipe(
    v.object({ ...aboutGameLift, playerSession: v.object({ playerSessionId }) }),
    v.description(
      'A player has left, or does not come: the slot is open, or kept for the same player. Also at the end, for each who was in.',
    ),
  ),
  'Player Session Timed Out': v.pipe(
    v.object({ ...aboutGameLift, playerSession: v.object({ playerSessionId, deadline }) }),
    v.description('A player did not come before the deadline, or before the session ended.'),
  ),
  'Player Joined': v.pipe(
    v.object({
      ...aboutRoster,
      player: v.object({
        ...place,
        isReturning: described(v.boolean(), 'Whether the player has been in before.'),
      }),
    }),
    v.description('A player has come in.'),
  ),
  'Player Left': v.pipe(
    v.object({ ...aboutRoster, player: v.object(place) }),
    v.description('A player has gone without being removed by anybody else.'),
  ),
  'Player Removed': v.pipe(
    v.object({
      ...aboutRoster,
      player: v.object({
        ...place,
        removedBy: described(v.optional(xuid), 'By which player; not there where the title did it.'),
      }),
    }),
    v.description('A player was taken out.'),
  ),
  'Seat Reserved': v.pipe(
    v.object({ ...aboutRoster, seat }),
    v.description('A seat is held for a player who is invited, until the deadline.'),
  ),
  'Seat Released': v.pipe(
    v.object({ ...aboutRoster, seat }),
    v.description('A seat that was held is free: its player was taken out before coming in.'),
  ),
  'Seat Timed Out': v.pipe(
    v.object({ ...aboutRoster, seat }),
    v.description('A seat that was held is free: its player did not come before the deadline.'),
  ),
  'Message Posted': v.pipe(
    v.object({
      ...head,
      at,
      gameSession: v.object(rosterNames),
      message: v.object({
        queueIndex: count,
        sequenceNumber: described(count, 'The number of the message in its queue.'),
        sender: described(xuid, 'The xuid of the sender.'),
        bytes: described(count, 'The size of its data, which is not in the event.'),
      }),
    }),
    v.description('There is a message in a queue.'),
  ),
} as const;

export type DetailType = keyof typeof eventSchemas;
export type Detail<Type extends DetailType> = v.InferOutput<(typeof eventSchemas)[Type]>;

/** One event, ready to be published. */
export type DomainEvent = {
  readonly [Type in DetailType]: { readonly detailType: Type; readonly detail: Detail<Type> };
}[DetailType];
