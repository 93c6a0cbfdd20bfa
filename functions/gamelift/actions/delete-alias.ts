import { answered, operation } from '#functions/gamelift/operation.ts';
import { noSuchAlias } from '#functions/gamelift/refusals.ts';
import { aliasIdOrArn } from '#functions/gamelift/shapes.ts';
import { readAliasId } from '#functions/identifiers.ts';
import { deleteAlias as remove } from '#lib/fleets/aliases.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({ AliasId: required(aliasIdOrArn) });

export const deleteAlias = operation(input, async ({ AliasId }, call) => {
  const aliasId = readAliasId(call.deployment, AliasId);
  if (aliasId === undefined) return noSuchAlias(AliasId);
  const outcome = await remove(call.table, aliasId, call.mayBeRetry);
  switch (outcome.kind) {
    case 'deleted':
      return answered({});
    case 'not-found':
      return noSuchAlias(AliasId);
  }
});
