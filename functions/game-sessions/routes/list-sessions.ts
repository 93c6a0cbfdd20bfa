import * as v from 'valibot';
import { type Answer, answered, invalid } from '#functions/game-sessions/answer.ts';
import type { SessionPage } from '#functions/game-sessions/answers.ts';
import { readToken, spellToken } from '#functions/game-sessions/pages.ts';
import { type Call, type RequestOf, route } from '#functions/game-sessions/route.ts';
import { listedPlayer, pageSize, sessionState, variantText } from '#functions/game-sessions/schemas.ts';
import { spellSummary } from '#functions/game-sessions/spell.ts';
import type { ListPage } from '#lib/page.ts';
import { listOpenSessions, listSessionsOf } from '#lib/rosters/list.ts';
import { OpenPlace, SessionPlace } from '#lib/rosters/places.ts';
import type { SessionSummary } from '#lib/rosters/rostered-session.ts';

const input = {
  query: {
    player: v.optional(listedPlayer),
    open: v.optional(v.literal('true', 'must be true')),
    state: v.optional(sessionState),
    variant: v.optional(variantText),
    max: v.optional(pageSize, '50'),
    continuationToken: v.optional(v.string()),
  },
};

type Query = RequestOf<typeof input>['query'];

export const listSessions = route(input, async ({ query }, call) => {
  const { player, open, state } = query;
  if (player === undefined && open === undefined) {
    return invalid([{ parameter: 'player', detail: 'is required, or open=true' }]);
  }
  if (player === undefined) {
    return state === undefined
      ? listOpen(query, call)
      : invalid([{ parameter: 'state', detail: 'goes with player: open sessions are current' }]);
  }
  if (open !== undefined) return invalid([{ parameter: 'open', detail: 'does not go with player' }]);
  const xuid = player === 'me' ? call.caller.xuid : player;
  return xuid === undefined
    ? invalid([{ parameter: 'player', detail: 'is me, and the token names no player' }])
    : listOfPlayer(xuid, query, call);
});

async function listOfPlayer(xuid: string, query: Query, call: Call): Promise<Answer> {
  const { state = 'any', variant, max, continuationToken } = query;
  const { caller } = call;
  const list = ['player', caller.titleId, xuid, state, variant ?? null];
  const from = readToken(list, continuationToken, SessionPlace);
  if (from.kind === 'bad') return badToken;
  const wanted = { caller, xuid, state, variant };
  return answerPage(list, await listSessionsOf(call, wanted, max, from.place));
}

async function listOpen({ variant, max, continuationToken }: Query, call: Call): Promise<Answer> {
  const { titleId } = call.caller;
  const list = ['open', titleId, variant ?? null];
  const from = readToken(list, continuationToken, OpenPlace);
  if (from.kind === 'bad') return badToken;
  return answerPage(list, await listOpenSessions(call, { titleId, variant }, max, from.place));
}

const badToken = invalid([
  {
    parameter: 'continuationToken',
    detail: 'is not one that this list has given: leave it out to begin anew',
  },
]);

function answerPage(list: readonly unknown[], { items, next }: ListPage<SessionSummary, unknown>): Answer {
  const page: SessionPage = {
    sessions: items.map(spellSummary),
    continuationToken: next === undefined ? null : spellToken(list, next),
  };
  return answered(200, page);
}
