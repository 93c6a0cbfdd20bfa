import { arenaArn, unknownFleet } from './fleet-steps.ts';
import { from, type Step } from './step.ts';

export const tagSteps: readonly Step[] = [
  {
    name: 'a fleet is tagged',
    operation: 'TagResource',
    input: {
      ResourceARN: arenaArn,
      Tags: [
        { Key: 'mode', Value: 'duel' },
        { Key: 'owner', Value: '' },
      ],
    },
  },
  {
    name: 'a fleet shows its tags',
    operation: 'ListTagsForResource',
    input: { ResourceARN: arenaArn },
    shows: {
      Tags: [
        { Key: 'mode', Value: 'duel' },
        { Key: 'owner', Value: '' },
      ],
    },
  },
  {
    name: 'a fleet loses a tag, and one that it never had',
    operation: 'UntagResource',
    input: { ResourceARN: arenaArn, TagKeys: ['owner', 'colour'] },
  },
  {
    name: 'a fleet shows the tags that are left',
    operation: 'ListTagsForResource',
    input: { ResourceARN: arenaArn },
    shows: { Tags: [{ Key: 'mode', Value: 'duel' }] },
  },
  {
    name: 'an alias shows its tags',
    operation: 'ListTagsForResource',
    input: { ResourceARN: from('an alias of a fleet is created', 'Alias.AliasArn') },
    shows: { Tags: [{ Key: 'stage', Value: 'live' }] },
  },
  {
    name: 'a location shows its tags',
    operation: 'ListTagsForResource',
    input: { ResourceARN: from('a location is created', 'Location.LocationArn') },
    shows: { Tags: [{ Key: 'coast', Value: 'east' }] },
  },
  {
    name: 'a fleet cannot be tagged with a reservation time of no time',
    operation: 'TagResource',
    input: { ResourceARN: arenaArn, Tags: [{ Key: 'openslot:reservation-seconds', Value: 'soon' }] },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a tag needs a value',
    operation: 'TagResource',
    input: { ResourceARN: arenaArn, Tags: [{ Key: 'mode' }] },
    refusal: 'InvalidRequestException',
  },
  ...['TagResource', 'UntagResource', 'ListTagsForResource'].map(
    (operation): Step => ({
      name: `${operation} needs a resource that exists`,
      operation,
      input: {
        ResourceARN: `arn:aws:gamelift:us-east-1:123456789012:fleet/${unknownFleet}`,
        ...(operation === 'TagResource' ? { Tags: [] } : {}),
        ...(operation === 'UntagResource' ? { TagKeys: [] } : {}),
      },
      refusal: 'NotFoundException',
    }),
  ),
];
