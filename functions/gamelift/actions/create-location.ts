import { answered, operation, refused } from '#functions/gamelift/operation.ts';
import { tags } from '#functions/gamelift/shapes.ts';
import { spellLocation } from '#functions/gamelift/spell.ts';
import { readTags } from '#functions/gamelift/tags.ts';
import { createLocation as create } from '#lib/fleets/locations.ts';
import { required, string, structure } from '#lib/wire/shapes.ts';

const input = structure({
  LocationName: required(string({ min: 8, max: 64, pattern: '^custom-[A-Za-z0-9\\-]+$' })),
  Tags: tags,
});

export const createLocation = operation(input, async ({ LocationName, Tags }, call) => {
  const given = readTags('location', Tags);
  if (given.kind === 'refused') return given;
  const outcome = await create(call.table, {
    name: LocationName,
    createdAt: call.now,
    createdBy: call.requestToken,
    tags: given.tags,
  });
  switch (outcome.kind) {
    case 'created':
      return answered({ Location: spellLocation(call.deployment, LocationName) });
    case 'exists':
      return refused('ConflictException', `Location ${LocationName} exists already.`);
  }
});
