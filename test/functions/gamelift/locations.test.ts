import {
  CreateLocationCommand,
  DeleteFleetCommand,
  DeleteFleetLocationsCommand,
  DeleteLocationCommand,
  ListLocationsCommand,
  type ListLocationsInput,
  paginateListLocations,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentsOf } from '#test/support/contents.ts';
import { arn, createFleet, createLocations, sendTwice } from '#test/support/fleets.ts';
import { endOf, refusalOf } from '#test/support/game-lift.ts';
import { location, type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const list = (input: ListLocationsInput = {}) => service.gameLift.send(new ListLocationsCommand(input));
const remove = (LocationName: string) => service.gameLift.send(new DeleteLocationCommand({ LocationName }));
const namesOf = async () => (await list()).Locations?.map(({ LocationName }) => LocationName);

describe('ListLocations', () => {
  let all: readonly { readonly LocationName: string; readonly LocationArn: string }[];
  beforeAll(async () => {
    const names = Array.from({ length: 5 }, (_, number) => `custom-${number}`);
    await createLocations(service, ...names);
    all = [...names, location].map((LocationName) => ({
      LocationName,
      LocationArn: arn(`location/${LocationName}`),
    }));
  });

  test.each<[string, ListLocationsInput]>([
    ['without a filter', {}],
    ['filtered for custom ones', { Filters: ['CUSTOM'] }],
    ['filtered for both kinds', { Filters: ['AWS', 'CUSTOM'] }],
    ['with the largest page', { Limit: 200 }],
  ])('gives all of them, by name, %s', async (_, input) => {
    const { Locations, NextToken } = await list(input);
    expect(Locations).toStrictEqual(all);
    expect(NextToken).toBeUndefined();
  });

  test('gives none of those that AWS runs', async () => {
    expect((await list({ Filters: ['AWS'] })).Locations).toEqual([]);
  });

  test('gives them one by one', async () => {
    const listed: unknown[] = [];
    for await (const { Locations = [] } of paginateListLocations(
      { client: service.gameLift, pageSize: 1 },
      {},
    )) {
      expect(Locations.length).toBeLessThanOrEqual(1);
      listed.push(...Locations);
    }
    expect(listed).toStrictEqual(all);
  });

  test('goes on from a token of its own alone', async () => {
    const { NextToken } = await list({ Limit: 1 });
    expect(await refusalOf(list({ NextToken: `${NextToken}A` }))).toMatchObject({
      error: 'InvalidRequestException',
      message: expect.stringMatching(/^NextToken is not one/),
    });
  });
});

describe('DeleteLocation', () => {
  test.each([
    ['name', (name: string) => name],
    ['ARN', (name: string) => arn(`location/${name}`)],
  ])('deletes a location by its %s, whose name is free again', async (_, spell) => {
    const LocationName = 'custom-brief';
    await createLocations(service, LocationName);
    await remove(spell(LocationName));
    expect(await namesOf()).not.toContain(LocationName);
    const { Location } = await service.gameLift.send(new CreateLocationCommand({ LocationName }));
    expect(Location?.LocationName).toBe(LocationName);
    await remove(LocationName);
  });

  test('does not find a location that does not exist, or that another deployment has', async () => {
    for (const name of [
      'custom-none',
      arn('location/custom-none'),
      arn(`location/${location}`).replace('us-east-1', 'eu-west-1'),
      arn(`location/${location}`).replace('123456789012', ''),
      `${arn('location/custom-')}\u{1f409}`,
    ]) {
      expect(await refusalOf(remove(name))).toEqual({
        error: 'NotFoundException',
        status: 400,
        message: `Location ${name} was not found.`,
      });
    }
    expect(await namesOf()).toContain(location);
  });

  test('answers its retry like its first try', async () => {
    const [LocationName] = await createLocations(service, 'custom-retried');
    const deleted = sendTwice(service, (gameLift) =>
      gameLift.send(new DeleteLocationCommand({ LocationName })),
    );
    expect(await endOf(deleted)).toBe('answered');
    expect(await endOf(remove('custom-retried'))).toBe('NotFoundException');
  });

  test('leaves a location that fleets have, and names them', async () => {
    const Locations = [{ Location: 'custom-used' }, { Location: location }];
    await createLocations(service, 'custom-used');
    const created = [await createFleet(service, { Locations }), await createFleet(service, { Locations })];
    const [one = '', other = ''] = created.map(({ FleetId }) => FleetId).toSorted();
    const before = await contentsOf(service.table);
    const inUse = (fleets: string) => ({
      error: 'InvalidRequestException',
      status: 400,
      message: `Location custom-used is a location of ${fleets}. DeleteFleetLocations takes it out of a fleet.`,
    });
    expect(await refusalOf(remove('custom-used'))).toEqual(inUse(`${one}, ${other}`));
    expect(await contentsOf(service.table)).toEqual(before);

    await service.gameLift.send(new DeleteFleetCommand({ FleetId: other }));
    expect(await refusalOf(remove('custom-used'))).toEqual(inUse(one));
    await service.gameLift.send(
      new DeleteFleetLocationsCommand({ FleetId: one, Locations: ['custom-used'] }),
    );
    expect(await endOf(remove('custom-used'))).toBe('answered');
  });

  test('names ten of the fleets where there are more', async () => {
    const Locations = [{ Location: 'custom-popular' }];
    await createLocations(service, 'custom-popular');
    const created = await Promise.all(Array.from({ length: 12 }, () => createFleet(service, { Locations })));
    const named = created
      .map(({ FleetId }) => FleetId)
      .toSorted()
      .slice(0, 10);
    expect((await refusalOf(remove('custom-popular'))).message).toBe(
      `Location custom-popular is a location of ${named.join(', ')} and 2 more. DeleteFleetLocations takes it out of a fleet.`,
    );
  });
});
