import type { GameSession } from '#functions/game-sessions/answers.ts';
import { maximumBodyBytes } from '#functions/game-sessions/check-request.ts';
import type { RouteKey } from '#functions/game-sessions/paths.ts';
import type { ProblemCode } from '#functions/game-sessions/problems.ts';

/** What the OpenAPI description says in words, and which answers each route gives: what no schema of a request knows. */

export type AnswerNote = {
  readonly description: string;
  /** The name of its schema among `objects`. */
  readonly body?:
    | 'GameSession'
    | 'SessionPage'
    | 'Player'
    | 'PlayerOrPlayers'
    | 'Reservations'
    | 'GameMessage'
    | 'Messages'
    | 'OpenApi';
  readonly headers?: readonly (keyof typeof headerNotes)[];
};

export type OperationNote = {
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly answers: Readonly<Record<number, AnswerNote>>;
  /** Beside those that every route can answer with. */
  readonly problems: readonly ProblemCode[];
};

/** Problems that any route with a caller can answer with. */
export const commonProblems: readonly ProblemCode[] = [
  'VALIDATION_ERROR',
  'UNAUTHENTICATED',
  'TOO_LARGE',
  'THROTTLED',
  'INTERNAL',
];

export const headerNotes = {
  ETag: 'Another one whenever the session is another. Messages do not change it.',
  Location: 'The path of the session.',
  'Retry-After': 'Seconds after which another try is worth it.',
  'WWW-Authenticate': 'What token is wanted, and what is wrong with the one that was sent (RFC 6750).',
} as const;

const session = { body: 'GameSession', headers: ['ETag'] } as const;

export const operationNotes: Readonly<Record<RouteKey, OperationNote>> = {
  'POST /sessions': {
    id: 'createSession',
    summary: 'Create a session',
    description:
      'The caller is its creator, and joins by a call of its own. With an Idempotency-Key a retry is answered with the session of the first try, as it is now.',
    answers: {
      201: { ...session, headers: ['ETag', 'Location'], description: 'The session.' },
    },
    problems: [],
  },
  'GET /sessions': {
    id: 'listSessions',
    summary: "List a player's sessions, or the open ones",
    description:
      'Either `player`: the sessions that this player is or was in, as far as the caller may see them. Or `open=true`: the sessions of the title with the visibility Everyone that can be joined now. A page can be short, or empty, and still have a next one: only a `continuationToken` of null is the end.',
    answers: { 200: { body: 'SessionPage', description: 'A page of the list.' } },
    problems: [],
  },
  'GET /sessions/{sessionId}': {
    id: 'readSession',
    summary: 'Read a session',
    answers: {
      200: { ...session, description: 'The session.' },
      304: { headers: ['ETag'], description: 'The session still has one of the ETags of If-None-Match.' },
    },
    problems: ['NOT_VISIBLE'],
  },
  'PATCH /sessions/{sessionId}': {
    id: 'changeSession',
    summary: 'Change or end a session',
    description:
      'A JSON merge patch (RFC 7396) by the creator, by a player who is in, or by the title. `hasEnded: true` ends the session for good.',
    answers: { 200: { ...session, description: 'The session as it is now.' } },
    problems: ['NOT_ALLOWED', 'SESSION_ENDED', 'PRECONDITION_FAILED'],
  },
  'POST /sessions/{sessionId}/players': {
    id: 'joinSession',
    summary: 'Join',
    description:
      'A player joins with the own token. A title brings in one player, or a party of whom all come in or none. A returning player gets the old place in the roster back.',
    answers: {
      200: { body: 'PlayerOrPlayers', description: 'All of them were in already.' },
      201: { body: 'PlayerOrPlayers', description: 'The player, or the party in the order of the request.' },
    },
    problems: ['SESSION_FULL', 'SESSION_CLOSED', 'SESSION_ENDED'],
  },
  'PATCH /sessions/{sessionId}/players/{xuid}': {
    id: 'changePlayer',
    summary: "Change a player's custom data",
    description: 'The own, or with the token of a title that of any player who is in.',
    answers: { 200: { body: 'Player', description: 'The player.' } },
    problems: ['NOT_ALLOWED', 'SESSION_ENDED'],
  },
  'DELETE /sessions/{sessionId}/players/{xuid}': {
    id: 'removePlayer',
    summary: 'Leave, or remove a player',
    description:
      'As `playersCanBeRemovedBy` allows; a title always may. A seat that is reserved for the player is given back too.',
    answers: { 204: { description: 'The player is not in the session, whether or not that is new.' } },
    problems: ['NOT_ALLOWED', 'SESSION_ENDED'],
  },
  'POST /sessions/{sessionId}/reservations': {
    id: 'reserveSeats',
    summary: 'Hold seats for invited players',
    description:
      'For titles. All players get a seat or none. Until its deadline the seat is theirs to join; afterwards it is free again. A seat that is held already keeps its deadline.',
    answers: {
      200: { body: 'Reservations', description: 'All of them had seats already.' },
      201: { body: 'Reservations', description: 'The seats, in the order of the request.' },
    },
    problems: ['NOT_ALLOWED', 'SESSION_FULL', 'SESSION_CLOSED', 'SESSION_ENDED'],
  },
  'POST /sessions/{sessionId}/queues/{queueIndex}/messages': {
    id: 'postMessage',
    summary: 'Append a message to a queue',
    description:
      'By a player who is in, or by the title for one who is. With `mustFollow`, the last sequence number that the sender has seen, nothing is appended when another came first.',
    answers: { 201: { body: 'GameMessage', description: 'The message with its number.' } },
    problems: ['NOT_ALLOWED', 'SESSION_ENDED', 'PRECONDITION_FAILED'],
  },
  'GET /sessions/{sessionId}/queues/{queueIndex}/messages': {
    id: 'readMessages',
    summary: 'Read on in a queue',
    description:
      'Whoever goes on with the last number seen as `after` misses no message and sees none twice. With `wait` an answer without messages is held until there is one, at most for so many seconds.',
    answers: { 200: { body: 'Messages', description: 'The messages behind `after`, the oldest first.' } },
    problems: ['NOT_VISIBLE'],
  },
  'DELETE /sessions/{sessionId}/queues/{queueIndex}/messages': {
    id: 'dropMessages',
    summary: 'Drop the messages of a queue up to a number',
    description: 'By a player who is in, or by the title. They are gone for every reader at once.',
    answers: { 204: { description: 'They are gone, whether or not that is new.' } },
    problems: ['NOT_ALLOWED', 'SESSION_ENDED'],
  },
  'GET /openapi.json': {
    id: 'readOpenApi',
    summary: 'Read this description',
    answers: { 200: { body: 'OpenApi', description: 'This description.' } },
    problems: [],
  },
};

/** What variables of the path, query parameters and headers mean. */
export const parameterNotes: Readonly<Record<string, string>> = {
  sessionId: 'Of a session of the own title: another title’s does not exist for this caller.',
  xuid: 'The player.',
  queueIndex: 'Each session has four queues, apart from each other.',
  player: 'Whose sessions are listed: `me` is the player of the token.',
  open: 'Lists the sessions that everybody can find and join now.',
  state: 'With `player` alone: sessions that go on, those that have ended, or both, which is the default.',
  variant: 'Lists sessions of this variant alone.',
  max: 'The most entries of one answer.',
  continuationToken: 'Goes on where the page ended that gave it. The rest of the query must be the same.',
  after: 'The last number seen: 0 for none.',
  wait: 'Seconds.',
  through: 'The last number that is dropped.',
  'Idempotency-Key':
    'The same for each try to create one session. Random, a UUID: the id of the session follows from it, and whoever knows that can join.',
  'If-Match': 'Changes the session only while it has one of these ETags.',
  'If-None-Match': 'Answers 304 while the session has one of these ETags.',
};

/** What members of bodies mean, where it does not follow from the session and the player that they make. */
export const memberNotes: Readonly<Record<string, string>> = {
  xuid: 'The player for whom the title does it: the one of the token, if it has one, unless this names another.',
  gamertag: 'Required, unless the token has it.',
  seconds: 'How long the seats are held.',
  mustFollow: 'The last sequence number that the sender has seen: 0 for none.',
  data: 'At most 16 KiB once decoded.',
};

/** A session as the documentation of the object shows one. */
export const documentedSample = {
  sessionId: '702e5aaf-e7bd-4a7c-abea-9dd4be10edec',
  titleId: 1297287259,
  variant: 1,
  displayName: 'Contoso Cards',
  creationTime: '2011-06-23T17:13:06Z',
  customData: null,
  maxPlayers: 4,
  seatsAvailable: 4,
  isClosed: false,
  hasEnded: false,
  roster: [],
  visibility: 'PlayersCurrentlyInSession',
  playersCanBeRemovedBy: 'Self',
} as const satisfies GameSession;

export const introduction = `Sessions with a roster, for players who call the service themselves and for turn-based games.

A *player's* token acts as that player, within one title. A *title's* token (\`scope\` contains \`title\`) is the title's own backend: it acts for any player, whom it names in the body.

A xuid is a JSON number of 64 bits: readers that keep numbers in doubles lose digits beyond 2^53.

A body has at most ${maximumBodyBytes} bytes, and no member or query parameter beside those described here. Every error is a problem detail (RFC 9457) with a \`code\`; SESSION_FULL, SESSION_CLOSED, SESSION_ENDED and PRECONDITION_FAILED carry the session as it is now, where the caller may see it.`;
