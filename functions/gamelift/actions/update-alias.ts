import { answered, operation } from '#functions/gamelift/operation.ts';
import { noSuchAlias } from '#functions/gamelift/refusals.ts';
import { leadsNowhere, readRouting, routingStrategy } from '#functions/gamelift/routing-strategy.ts';
import { aliasIdOrArn, aliasName, nonEmptyString } from '#functions/gamelift/shapes.ts';
import { spellAlias } from '#functions/gamelift/spell.ts';
import { readAliasId } from '#functions/identifiers.ts';
import { updateAlias as update } from '#lib/fleets/aliases.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  AliasId: required(aliasIdOrArn),
  Name: aliasName,
  Description: nonEmptyString,
  RoutingStrategy: routingStrategy,
});

/** A routing strategy is replaced as a whole. */
export const updateAlias = operation(input, async (request, call) => {
  const strategy = request.RoutingStrategy && readRouting(request.RoutingStrategy);
  if (strategy?.kind === 'refused') return strategy;
  const aliasId = readAliasId(call.deployment, request.AliasId);
  if (aliasId === undefined) return noSuchAlias(request.AliasId);

  const outcome = await update(call.table, aliasId, {
    name: request.Name,
    description: request.Description,
    routing: strategy?.routing,
    updatedAt: call.now,
  });
  switch (outcome.kind) {
    case 'updated':
      return answered({ Alias: spellAlias(call.deployment, outcome.alias) });
    case 'not-found':
      return noSuchAlias(request.AliasId);
    case 'unknown-fleet':
      return leadsNowhere(outcome.fleetId);
  }
});
