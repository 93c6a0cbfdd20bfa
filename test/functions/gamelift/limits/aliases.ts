import { existing } from './existing.ts';
import { text } from './limit.ts';
import { type Member, operation } from './member.ts';
import { idOrArn, positive, words } from './shared.ts';
import { routingStrategy, tags } from './structures.ts';

const aliasId = idOrArn('alias');
const alias = { AliasId: existing.alias };

/** Something to read, and not only white space. */
const name = text({
  min: 1,
  max: 1_024,
  pattern: '^.*\\S.*$',
  fits: ['x', ' x '],
  breaks: [' ', ' \t '],
});

function createAlias(): readonly Member[] {
  const { members, structure } = operation('CreateAlias', {
    Name: 'alias',
    RoutingStrategy: { Type: 'TERMINAL', Message: 'Gone' },
  });
  return [
    ...members({ Name: name, Description: words, RoutingStrategy: routingStrategy.whole, Tags: tags.list }),
    ...structure('routingStrategy', routingStrategy.within),
    ...structure('tags.1.member', tags.each),
  ];
}

function updateAlias(): readonly Member[] {
  const { members, structure } = operation('UpdateAlias', alias);
  return [
    ...members({ AliasId: aliasId, Name: name, Description: words, RoutingStrategy: routingStrategy.whole }),
    ...structure('routingStrategy', routingStrategy.within),
  ];
}

/** A string of any length but none. */
const nonEmpty = text({ min: 1, fits: ['x', 'x'.repeat(2_000)] });

export const aliases: readonly Member[] = [
  ...createAlias(),
  ...updateAlias(),
  ...operation('DescribeAlias', alias).members({ AliasId: aliasId }),
  ...operation('ListAliases', {}).members({
    RoutingStrategyType: text({ values: ['SIMPLE', 'TERMINAL'] }),
    Name: nonEmpty,
    Limit: positive,
    NextToken: nonEmpty,
  }),
  ...operation('ResolveAlias', alias).members({ AliasId: aliasId }),
  ...operation('DeleteAlias', alias).members({ AliasId: aliasId }),
];
