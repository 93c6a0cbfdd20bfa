import { answered } from '#functions/game-sessions/answer.ts';
import { refuse } from '#functions/game-sessions/refusals.ts';
import { addressOf, route } from '#functions/game-sessions/route.ts';
import { playerCustomData, sessionId, xuidText } from '#functions/game-sessions/schemas.ts';
import { spellPlayer } from '#functions/game-sessions/spell.ts';
import { describePlayer } from '#lib/rosters/describe-player.ts';

const input = {
  path: { sessionId, xuid: xuidText },
  body: [{ entries: { customData: playerCustomData } }],
};

export const changePlayer = route(input, async ({ path, body }, call) => {
  const wanted = { xuid: path.xuid, customData: body.customData ?? undefined };
  const outcome = await describePlayer(call, addressOf(call, path), call.caller, wanted);
  return outcome.kind === 'described' ? answered(200, spellPlayer(outcome.player)) : refuse(outcome, call);
});
