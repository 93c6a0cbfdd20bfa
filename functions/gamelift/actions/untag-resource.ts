import { operation } from '#functions/gamelift/operation.ts';
import { resourceArn, tagKeys } from '#functions/gamelift/shapes.ts';
import { answerTagging, readResource } from '#functions/gamelift/tags.ts';
import { untag } from '#lib/fleets/tags.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({ ResourceARN: required(resourceArn), TagKeys: required(tagKeys) });

export const untagResource = operation(input, async ({ ResourceARN, TagKeys }, call) => {
  const named = readResource(call, ResourceARN);
  if (named.kind === 'refused') return named;
  return answerTagging(ResourceARN, await untag(call.table, named.resource, TagKeys));
});
