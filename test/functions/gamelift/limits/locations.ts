import { existing } from './existing.ts';
import { type Limit, list, prefixed, text, whole } from './limit.ts';
import { type Member, operation } from './member.ts';
import { fleetId, location, page } from './shared.ts';
import { tags } from './structures.ts';

const locationNames = list({ min: 1, max: 100 }, (number) => `custom-${number}`);

function createLocation(): readonly Member[] {
  const { members, structure } = operation('CreateLocation', { LocationName: 'custom-1' });
  const LocationName = text({
    min: 8,
    max: 64,
    like: prefixed('custom-'),
    pattern: '^custom-[A-Za-z0-9\\-]+$',
    fits: ['custom-1'],
    breaks: ['location-1', 'custom-a_b', 'Custom-abc'],
  });
  return [...members({ LocationName, Tags: tags.list }), ...structure('tags.1.member', tags.each)];
}

const customLocationOrArn: Limit = text({
  min: 1,
  max: 128,
  like: prefixed('custom-'),
  pattern: '^(custom-[A-Za-z0-9\\-]+|arn:.*:location\\/custom-\\S+)$',
  fits: ['custom-1', 'arn:aws:gamelift:us-east-1:123456789012:location/custom-1'],
  breaks: ['x', 'custom-', 'custom-a_b', ' custom-1', 'arn:aws:gamelift:us-east-1::location/x'],
});

function listLocations(): readonly Member[] {
  const { members, entries } = operation('ListLocations', {});
  const kinds = ['AWS', 'CUSTOM'] as const;
  return [
    ...members({
      Filters: list({ min: 1, max: 2 }, (number) => kinds[number % 2]),
      ...page,
      Limit: whole({ min: 1, max: 200 }),
    }),
    entries('filters', text({ values: kinds }), (value) => ({ Filters: [value] })),
  ];
}

function createFleetLocations(): readonly Member[] {
  const { members, structure } = operation('CreateFleetLocations', {
    FleetId: existing.fleet,
    Locations: [{ Location: existing.location }],
  });
  return [
    ...members({
      FleetId: fleetId,
      Locations: list({ min: 1, max: 100 }, (number) => ({ Location: `custom-${number}` })),
    }),
    ...structure('locations.1.member', {
      least: { Location: 'custom-1' },
      limits: { Location: location },
      put: (each) => ({ Locations: [each] }),
    }),
  ];
}

function describeFleetLocationAttributes(): readonly Member[] {
  const { members, entries } = operation('DescribeFleetLocationAttributes', { FleetId: existing.fleet });
  return [
    ...members({ FleetId: fleetId, Locations: locationNames, ...page }),
    entries('locations', location, (value) => ({ Locations: [value] })),
  ];
}

function deleteFleetLocations(): readonly Member[] {
  const { members, entries } = operation('DeleteFleetLocations', {
    FleetId: existing.fleet,
    Locations: ['custom-1'],
  });
  return [
    ...members({ FleetId: fleetId, Locations: locationNames }),
    entries('locations', location, (value) => ({ Locations: [value] })),
  ];
}

const oneFleetLocation = { FleetId: existing.fleet, Location: existing.location };

export const locations: readonly Member[] = [
  ...createLocation(),
  ...listLocations(),
  ...operation('DeleteLocation', { LocationName: 'custom-1' }).members({ LocationName: customLocationOrArn }),
  ...createFleetLocations(),
  ...describeFleetLocationAttributes(),
  ...operation('DescribeFleetLocationCapacity', oneFleetLocation).members({
    FleetId: fleetId,
    Location: location,
  }),
  ...operation('DescribeFleetLocationUtilization', oneFleetLocation).members({
    FleetId: fleetId,
    Location: location,
  }),
  ...deleteFleetLocations(),
];
