import {
  CreateGameSessionCommand,
  type CreateGameSessionInput,
  CreatePlayerSessionCommand,
  type GameLiftClient,
  GameLiftServiceException,
  type GameSession,
} from '@aws-sdk/client-gamelift';
import { readGameSessionArn, readPlayerSessionId } from '#functions/identifiers.ts';
import { accept } from '#lib/sessions/accept.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { release, type SeatAddress } from '#lib/sessions/release.ts';
import { deployment, fleetId, location, type Service } from './service.ts';

/** Creates a game session of 4 slots, or of what the test asks for. */
export async function createGameSession(
  gameLift: GameLiftClient,
  members: Partial<CreateGameSessionInput> = {},
): Promise<GameSession & { readonly GameSessionId: string }> {
  const { GameSession } = await gameLift.send(
    new CreateGameSessionCommand({
      FleetId: fleetId,
      Location: location,
      MaximumPlayerSessionCount: 4,
      ...members,
    }),
  );
  if (GameSession?.GameSessionId === undefined) throw new Error('The answer has no game session');
  return { ...GameSession, GameSessionId: GameSession.GameSessionId };
}

/** Reserves a slot and gives the player session's id. */
export async function join(
  gameLift: GameLiftClient,
  GameSessionId: string,
  PlayerId: string,
): Promise<string> {
  const { PlayerSession } = await gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId }));
  if (PlayerSession?.PlayerSessionId === undefined) throw new Error('The answer has no player session');
  return PlayerSession.PlayerSessionId;
}

/** Under which key the table holds the game session that an ARN names. */
export function sessionKeyIn(gameSessionId: string): string {
  const reference = readGameSessionArn(deployment, gameSessionId);
  if (reference === undefined) throw new Error(`${gameSessionId} names no game session`);
  return sessionKeyOf(reference);
}

/** What a caller learns of a refusal. */
export type Refusal = {
  readonly error: string;
  readonly status: number | undefined;
  readonly message: string;
};

/** The refusal that a request meets. Anything else, an answer too, is thrown. */
export async function refusalOf(sent: Promise<unknown>): Promise<Refusal> {
  const error = await sent.then(
    () => new Error('The request was carried out'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof GameLiftServiceException)) throw error;
  return { error: error.name, status: error.$metadata.httpStatusCode, message: error.message };
}

/** How a request ended, in one word: `answered`, or the error's name. */
export async function endOf(sent: Promise<unknown>): Promise<string> {
  try {
    await sent;
    return 'answered';
  } catch (error) {
    return error instanceof Error ? error.name : 'not an error';
  }
}

/** The seat that a PlayerSessionId names. */
export function seatOf(playerSessionId: string): SeatAddress {
  const seat = readPlayerSessionId(playerSessionId);
  if (seat === undefined) throw new Error(`${playerSessionId} names no seat`);
  return seat;
}

/** Lets a player in, as a game server does. */
export async function acceptPlayer({ table, clock }: Service, playerSessionId: string): Promise<void> {
  const outcome = await accept({ table, now: clock.now() }, seatOf(playerSessionId));
  if (outcome.kind !== 'accepted') throw new Error(`The player session is ${outcome.kind}`);
}

/** Takes a player out, as a game server does. */
export async function removePlayer({ table, clock }: Service, playerSessionId: string): Promise<void> {
  const outcome = await release({ table, now: clock.now() }, seatOf(playerSessionId));
  if (outcome.kind !== 'released') throw new Error(`The player session is ${outcome.kind}`);
}
