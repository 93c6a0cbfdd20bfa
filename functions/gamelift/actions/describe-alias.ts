import { findNamedAlias } from '#functions/gamelift/find-fleet.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { noSuchAlias } from '#functions/gamelift/refusals.ts';
import { aliasIdOrArn } from '#functions/gamelift/shapes.ts';
import { spellAlias } from '#functions/gamelift/spell.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({ AliasId: required(aliasIdOrArn) });

export const describeAlias = operation(input, async ({ AliasId }, call) => {
  const alias = await findNamedAlias(call, AliasId);
  return alias ? answered({ Alias: spellAlias(call.deployment, alias) }) : noSuchAlias(AliasId);
});
