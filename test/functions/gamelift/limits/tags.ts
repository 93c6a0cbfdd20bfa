import { existing } from './existing.ts';
import { list, text } from './limit.ts';
import { type Member, operation } from './member.ts';
import { tags } from './structures.ts';

const resource = { ResourceARN: existing.fleetArn };
const resourceArn = text({ min: 1, max: 1_011, fits: ['x', ' '] });

function tagResource(): readonly Member[] {
  const { members, structure } = operation('TagResource', { ...resource, Tags: [{ Key: 'k', Value: 'v' }] });
  return [
    ...members({ ResourceARN: resourceArn, Tags: tags.list }),
    ...structure('tags.1.member', tags.each),
  ];
}

function untagResource(): readonly Member[] {
  const { members, entries } = operation('UntagResource', { ...resource, TagKeys: ['k'] });
  return [
    ...members({ ResourceARN: resourceArn, TagKeys: list({ min: 0, max: 200 }, (number) => `k${number}`) }),
    entries('tagKeys', tags.each.limits.Key, (value) => ({ TagKeys: [value] })),
  ];
}

export const tagging: readonly Member[] = [
  ...tagResource(),
  ...untagResource(),
  ...operation('ListTagsForResource', resource).members({ ResourceARN: resourceArn }),
];
