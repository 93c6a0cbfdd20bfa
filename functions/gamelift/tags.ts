import { isArn, readResourceArn } from '#functions/identifiers.ts';
import { idleHours, neverIdle } from '#lib/fleets/idle-time.ts';
import { rejoinSeconds } from '#lib/fleets/rejoin-time.ts';
import { reservationSeconds } from '#lib/fleets/reservation-time.ts';
import { faultOf, type TagFault } from '#lib/fleets/tag-rules.ts';
import { maximumTags, type Resource, type TagOutcome } from '#lib/fleets/tags.ts';
import type { Tag } from '#lib/table/tagged-item.ts';
import type { InputOf } from '#lib/wire/shapes.ts';
import { type Answer, answered, type Call, type Refused, refused } from './operation.ts';
import { contended } from './refusals.ts';
import type { tags } from './shapes.ts';

type Tags = { readonly kind: 'tags'; readonly tags: readonly Tag[] };

/** The tags that a request gives to a resource of that kind, or why it may not. */
export function readTags(kind: Resource['kind'], given: InputOf<typeof tags> = []): Tags | Refused {
  const read = given.map(({ Key, Value }) => ({ key: Key, value: Value }));
  const fault = faultOf(kind, read);
  return fault === undefined
    ? { kind: 'tags', tags: read }
    : refused('InvalidRequestException', `Tags ${wordsFor(fault)}.`);
}

function wordsFor(fault: TagFault): string {
  switch (fault.kind) {
    case 'repeated-key':
      return `names the key ${fault.key} more than once`;
    case 'reserved-key':
      return `names the key ${fault.key}, and those that begin with aws: are reserved`;
    case 'unknown-setting': {
      const known = fault.settings.join(', ') || 'none';
      return `names the key ${fault.key}, which is no setting: those that begin with openslot: are, and here there are ${known}`;
    }
    case 'bad-reservation-time': {
      const { least, most } = reservationSeconds;
      return `gives a reservation ${fault.value} seconds, which must be a whole number from ${least} to ${most}`;
    }
    case 'bad-rejoin-time': {
      const { least, most } = rejoinSeconds;
      return `keeps a seat for ${fault.value} seconds, which must be a whole number from ${least} to ${most}`;
    }
    case 'bad-idle-time': {
      const { least, most } = idleHours;
      return `ends sessions that are idle for ${fault.value} hours, which must be a whole number from ${least} to ${most}, or ${neverIdle}`;
    }
  }
}

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
