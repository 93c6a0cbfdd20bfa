import { maximumTags, type Resource, type TagOutcome } from '#lib/fleets/tags.ts';
import { isArn, readResourceArn } from './identifiers.ts';
import { type Answer, answered, type Call, type Refused, refused } from './operation.ts';
import { contended } from './refusals.ts';

type Named = { readonly kind: 'named'; readonly resource: Resource };

/** What a ResourceARN names, whether or not it exists. */
export function readResource(call: Call, arn: string): Named | Refused {
  if (!isArn(arn)) {
    return refused('InvalidRequestException', `ResourceARN must be the ARN of a resource, not ${arn}.`);
  }
  const resource = readResourceArn(call.deployment, arn);
  return resource ? { kind: 'named', resource } : noSuchResource(arn);
}

export const noSuchResource = (arn: string): Refused =>
  refused(
    'NotFoundException',
    `Resource ${arn} was not found. Fleets, locations and aliases have tags; the answers that show one show its ARN.`,
  );

/** How TagResource and UntagResource answer. */
export function answerTagging(arn: string, outcome: TagOutcome): Answer {
  switch (outcome.kind) {
    case 'revised':
      return answered({});
    case 'refused':
      return refused(
        'TaggingFailedException',
        `${arn} would have ${outcome.refusal.tags} tags, more than ${maximumTags}.`,
      );
    case 'not-found':
      return noSuchResource(arn);
    case 'contended':
      return contended(arn);
  }
}
