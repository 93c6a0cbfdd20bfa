import { answered, operation } from '#functions/gamelift/operation.ts';
import { resourceArn } from '#functions/gamelift/shapes.ts';
import { noSuchResource, readResource } from '#functions/gamelift/tags.ts';
import { tagsOf } from '#lib/fleets/tags.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({ ResourceARN: required(resourceArn) });

export const listTagsForResource = operation(input, async ({ ResourceARN }, call) => {
  const named = readResource(call, ResourceARN);
  if (named.kind === 'refused') return named;
  const tags = await tagsOf(call.table, named.resource);
  return tags
    ? answered({ Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) })
    : noSuchResource(ResourceARN);
});
