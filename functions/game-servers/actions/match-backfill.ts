import { hostedSessionKey } from '#functions/game-servers/hosted-session.ts';
import { noSuchGameSession, refuse } from '#functions/game-servers/refusals.ts';
import { action } from '#functions/game-servers/request.ts';
import { gameSessionId, playerId, text } from '#functions/game-servers/shapes.ts';
import { list, required, string, structure } from '#lib/wire/shapes.ts';

const configurationArn = string({ min: 1, max: 256 });
const ticketId = string({ max: 128, pattern: '^[a-zA-Z0-9.-]*$' });

/**
 * Players are matched by FlexMatch, which belongs to Amazon GameLift. There is no configuration of it here that a request
 * could name, and it is answered as any other that names one which does not exist. Taken in and never filled, it would have
 * the game wait for nobody.
 */
export const startMatchBackfill = action(
  structure({
    GameSessionArn: required(gameSessionId),
    MatchmakingConfigurationArn: required(configurationArn),
    TicketId: ticketId,
    Players: required(list(structure({ PlayerId: required(playerId), Team: text }), { min: 1 })),
  }),
  ({ GameSessionArn, MatchmakingConfigurationArn }, call) =>
    hostedSessionKey(call, GameSessionArn) === undefined
      ? noSuchGameSession(GameSessionArn)
      : refuse(
          'noMatchmaking',
          `Matchmaking configuration ${MatchmakingConfigurationArn} was not found: Openslot has no FlexMatch. Players come in by CreatePlayerSession.`,
        ),
);

/** The same for a ticket, of which there can be none. */
export const stopMatchBackfill = action(
  structure({
    GameSessionArn: required(gameSessionId),
    MatchmakingConfigurationArn: required(configurationArn),
    TicketId: required(ticketId),
  }),
  ({ GameSessionArn, TicketId }, call) =>
    hostedSessionKey(call, GameSessionArn) === undefined
      ? noSuchGameSession(GameSessionArn)
      : refuse('noMatchmaking', `Ticket ${TicketId} was not found: Openslot has no FlexMatch.`),
);
