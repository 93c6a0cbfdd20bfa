import { operation } from '#functions/gamelift/operation.ts';
import { resourceArn, tags } from '#functions/gamelift/shapes.ts';
import { answerTagging, readResource, readTags } from '#functions/gamelift/tags.ts';
import { tag } from '#lib/fleets/tags.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({ ResourceARN: required(resourceArn), Tags: required(tags) });

export const tagResource = operation(input, async ({ ResourceARN, Tags }, call) => {
  const named = readResource(call, ResourceARN);
  if (named.kind === 'refused') return named;
  const given = readTags(named.resource.kind, Tags);
  if (given.kind === 'refused') return given;
  return answerTagging(ResourceARN, await tag(call.table, named.resource, given.tags));
});
