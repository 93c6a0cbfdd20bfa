import { type RefusalStatus, refused, type ServerAnswer, statuses } from './request.ts';

/**
 * Every refusal of this door, with the status that it has and when it is given: what `docs/game-servers.md` lists. A server
 * SDK shows the status as the kind of its error.
 */
export const refusals = {
  malformed: [statuses.badRequest, 'the message is not one JSON object, or names no action of the protocol'],
  invalid: [
    statuses.badRequest,
    'a member is missing, has another type, or breaks a constraint; the message names it',
  ],
  unknownConnection: [statuses.unauthorized, 'the connection belongs to no server process that is known'],
  processEnded: [statuses.forbidden, 'the process has ended, by itself or taken for gone; it has to exit'],
  noCompute: [statuses.forbidden, 'the compute of the process is not registered any more'],
  noSuchGameSession: [statuses.notFound, 'the process does not host that game session'],
  noSuchPlayerSession: [statuses.notFound, 'the game session of the process has no such player session'],
  notOfFleet: [statuses.notFound, 'what is to be described is not in the fleet of the process'],
  notReserved: [
    statuses.conflict,
    'the player session to be accepted is not RESERVED: it was accepted before, is over, or was not accepted in time',
  ],
  processInUse: [
    statuses.conflict,
    'the process id: a process of that id is ready already, and each run of a game server needs one of its own',
  ],
  notActive: [
    statuses.conflict,
    'the game session is not in the status for that: it was not activated in time, is ending, or has ended',
  ],
  playerGone: [statuses.conflict, 'the player session to be removed is over already'],
  noMatchmaking: [
    statuses.notFound,
    'the matchmaking configuration or the ticket: Openslot has no FlexMatch',
  ],
  contended: [
    statuses.tooManyRequests,
    'too many change the same thing at once, or DynamoDB throttles; another try is worth it',
  ],
  unexpected: [
    statuses.internal,
    'something that nobody expected: it is in the log, by the request id of the function',
  ],
} as const satisfies Readonly<Record<string, readonly [RefusalStatus, string]>>;

export type RefusalName = keyof typeof refusals;

export const refuse = (name: RefusalName, message: string): ServerAnswer =>
  refused(refusals[name][0], message);

export const noSuchGameSession = (gameSessionId: string): ServerAnswer =>
  refuse('noSuchGameSession', `This process does not host game session ${gameSessionId}.`);

export const noSuchPlayerSession = (playerSessionId: string): ServerAnswer =>
  refuse('noSuchPlayerSession', `The game session of this process has no player session ${playerSessionId}.`);

export const processEnded: ServerAnswer = refuse(
  'processEnded',
  'This server process has ended, and its process id cannot be used again.',
);

export const contended: ServerAnswer = refuse(
  'contended',
  'Too many requests change the same thing at once. Try again.',
);
