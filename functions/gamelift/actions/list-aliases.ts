import { answered, operation } from '#functions/gamelift/operation.ts';
import { pageSize } from '#functions/gamelift/paging.ts';
import { badPageToken } from '#functions/gamelift/refusals.ts';
import { limit } from '#functions/gamelift/shapes.ts';
import { spellAlias } from '#functions/gamelift/spell.ts';
import { openPage, positionPlace, sealNext } from '#functions/page-tokens.ts';
import { listAliases as list } from '#lib/fleets/aliases.ts';
import { string, structure } from '#lib/wire/shapes.ts';

/** Here the model gives no greatest length. */
const anyText = string({ min: 1 });

const input = structure({
  RoutingStrategyType: string({ values: ['SIMPLE', 'TERMINAL'] }),
  Name: anyText,
  Limit: limit,
  NextToken: anyText,
});

export const listAliases = operation(input, async (request, call) => {
  const { RoutingStrategyType: type, Name: name } = request;
  const scope = ['ListAliases', type ?? null, name ?? null];
  const from = openPage(call, scope, request.NextToken, positionPlace);
  if (from.kind === 'bad') return badPageToken;

  const page = await list(call.table, { type, name }, pageSize(request.Limit), from.place);
  return answered({
    Aliases: page.items.map((alias) => spellAlias(call.deployment, alias)),
    NextToken: sealNext(call, scope, page.next),
  });
});
