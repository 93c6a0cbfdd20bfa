import { answered, operation } from '#functions/gamelift/operation.ts';
import { leadsNowhere, readRouting, routingStrategy } from '#functions/gamelift/routing-strategy.ts';
import { aliasName, nonEmptyString, tags } from '#functions/gamelift/shapes.ts';
import { spellAlias } from '#functions/gamelift/spell.ts';
import { readTags } from '#functions/gamelift/tags.ts';
import { requestUuid } from '#functions/identifiers.ts';
import { createAlias as create } from '#lib/fleets/aliases.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  Name: required(aliasName),
  Description: nonEmptyString,
  RoutingStrategy: required(routingStrategy),
  Tags: tags,
});

export const createAlias = operation(input, async (request, call) => {
  const strategy = readRouting(request.RoutingStrategy);
  if (strategy.kind === 'refused') return strategy;
  const given = readTags('alias', request.Tags);
  if (given.kind === 'refused') return given;

  const outcome = await create(call.table, {
    aliasId: `alias-${requestUuid(call.requestToken)}`,
    name: request.Name,
    description: request.Description,
    routing: strategy.routing,
    createdAt: call.now,
    updatedAt: call.now,
    tags: given.tags,
  });
  switch (outcome.kind) {
    case 'created':
      return answered({ Alias: spellAlias(call.deployment, outcome.alias) });
    case 'unknown-fleet':
      return leadsNowhere(outcome.fleetId);
  }
});
