import * as v from 'valibot';
import type { PutRequest, StoredItem } from './client.ts';
import { fleetItemKey, fleetsPartition, locationItemKey, locationsPartition } from './keys.ts';
import { parseItem, wholeNumber } from './parse.ts';
import type { QueryRequest } from './reads.ts';
import { tagged } from './tagged-item.ts';

const CreationLimit = v.object({ sessions: wholeNumber, minutes: wholeNumber });

/** How many game sessions one creator may create in a fleet, in each span of so many minutes. */
export type CreationLimit = Readonly<v.InferOutput<typeof CreationLimit>>;

const FleetItem = v.object({
  fleetId: v.string(),
  name: v.string(),
  description: v.optional(v.string()),
  locations: v.pipe(v.array(v.string()), v.readonly()),
  protectionPolicy: v.picklist(['NoProtection', 'FullProtection']),
  creationLimit: v.optional(CreationLimit),
  metricGroups: v.optional(v.pipe(v.array(v.string()), v.readonly())),
  /** What an hour of it costs, as its owner says; for display. */
  cost: v.optional(v.string()),
  /** Whether its sessions run on server processes: from its first compute on, also when the last one is gone. */
  hosts: v.optional(v.boolean()),
  /** How long a server process has to make its session ACTIVE, in seconds, where somebody has said so. */
  activationSeconds: v.optional(wholeNumber),
  ...tagged,
});

/** A fleet: game sessions are created in it. Times in epoch milliseconds. */
export type Fleet = Readonly<v.InferOutput<typeof FleetItem>>;

/** Parses a fleet item. Throws when the table holds something else under its key. */
export const parseFleetItem = (item: StoredItem): Fleet => parseItem(FleetItem, item);

const LocationItem = v.object({
  name: v.string(),
  /** Names the request, so that its retry is told from a second one. */
  createdBy: v.string(),
  ...tagged,
});

/** A custom location: a name for where someone's own hardware stands. Times in epoch milliseconds. */
export type Location = Readonly<v.InferOutput<typeof LocationItem>>;

/** Parses a location item. Throws when the table holds something else under its key. */
export const parseLocationItem = (item: StoredItem): Location => parseItem(LocationItem, item);

/** Refused where a fleet of that id exists. */
export const putFleet = (fleet: Fleet): PutRequest => ({
  Item: { ...fleetItemKey(fleet.fleetId), ...fleet },
  ConditionExpression: 'attribute_not_exists(pk)',
});

/** Refused where a location of that name exists. */
export const putLocation = (location: Location): PutRequest => ({
  Item: { ...locationItemKey(location.name), ...location },
  ConditionExpression: 'attribute_not_exists(pk)',
});

/** All fleets, in the order of their ids. */
export const allFleets: QueryRequest = {
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': fleetsPartition },
};

/** The fleets that have a location, in the order of their ids. */
export const fleetsWithLocation = (name: string): QueryRequest => ({
  KeyConditionExpression: 'pk = :pk',
  FilterExpression: 'contains(locations, :name)',
  ExpressionAttributeValues: { ':pk': fleetsPartition, ':name': name },
});

/** All locations, in the order of their names. */
export const allLocations: QueryRequest = {
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': locationsPartition },
};
