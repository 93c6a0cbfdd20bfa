import * as v from 'valibot';
import { actingPlayer } from '#functions/game-sessions/acting-player.ts';
import { answered, invalid, type Refused } from '#functions/game-sessions/answer.ts';
import type { Player, Players } from '#functions/game-sessions/answers.ts';
import { refuseSeats } from '#functions/game-sessions/refusals.ts';
import { addressOf, type Call, type RequestOf, route } from '#functions/game-sessions/route.ts';
import { gamertag, party, playerCustomData, sessionId, xuid } from '#functions/game-sessions/schemas.ts';
import { spellPlayer } from '#functions/game-sessions/spell.ts';
import { type Joiner, join } from '#lib/rosters/join.ts';

const customData = v.optional(playerCustomData);

const input = {
  path: { sessionId },
  body: [
    { for: 'player', entries: { customData } },
    { for: 'title', with: 'players', entries: { players: party({ xuid, gamertag, customData }) } },
    { for: 'title', entries: { xuid: v.optional(xuid), gamertag: v.optional(gamertag), customData } },
  ],
} as const;

type Body = RequestOf<typeof input>['body'];

export const joinSession = route(input, async ({ path, body }, call) => {
  const comers = comersIn(body, call);
  if (comers.kind === 'refused') return comers;
  const outcome = await join(call, addressOf(call, path), comers.joiners);
  if (outcome.kind !== 'joined') return refuseSeats(outcome, call);

  const players = outcome.players.map(spellPlayer);
  const [player] = players;
  const spelled: Player | Players | undefined = 'players' in body ? { players } : player;
  return answered(outcome.isNew ? 201 : 200, spelled);
});

type Comers = { readonly kind: 'comers'; readonly joiners: readonly Joiner[] } | Refused;

function comersIn(body: Body, call: Call): Comers {
  if ('players' in body) return { kind: 'comers', joiners: body.players };
  const player = actingPlayer('xuid' in body ? body.xuid : undefined, call);
  if (player.kind === 'refused') return player;
  const { xuid } = player;
  // A title's token may have a player: that one's gamertag is nobody else's.
  const own = xuid === call.caller.xuid ? call.caller.gamertag : undefined;
  const gamertag = ('gamertag' in body ? body.gamertag : undefined) ?? own;
  if (gamertag === undefined) {
    return invalid([{ pointer: '/gamertag', detail: 'is required: the token has none for this player' }]);
  }
  return { kind: 'comers', joiners: [{ xuid, gamertag, customData: body.customData }] };
}
