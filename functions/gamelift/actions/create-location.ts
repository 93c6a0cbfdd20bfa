import { locationArn } from '#functions/gamelift/identifiers.ts';
import { answered, operation, refused } from '#functions/gamelift/operation.ts';
import { tags } from '#functions/gamelift/shapes.ts';
import { createLocation as create } from '#lib/fleets/locations.ts';
import { required, string, structure } from '#lib/wire/shapes.ts';

const input = structure({
  LocationName: required(string({ min: 8, max: 64, pattern: '^custom-[A-Za-z0-9\\-]+$' })),
  Tags: tags,
});

export const createLocation = operation(input, async ({ LocationName, Tags }, call) => {
  const outcome = await create(call.table, {
    name: LocationName,
    createdAt: call.now,
    createdBy: call.requestToken,
    tags: Tags?.map(({ Key, Value }) => ({ key: Key, value: Value })),
  });
  switch (outcome.kind) {
    case 'created':
      return answered({
        Location: { LocationName, LocationArn: locationArn(call.deployment, LocationName) },
      });
    case 'exists':
      return refused('ConflictException', `Location ${LocationName} exists already.`);
  }
});
