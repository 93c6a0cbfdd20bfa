import * as v from 'valibot';
import { revision } from './change-item.ts';
import type { PutRequest, StoredItem } from './client.ts';
import { computeItemKey, computesPartition } from './keys.ts';
import { parseItem, wholeNumber } from './parse.ts';
import type { QueryRequest } from './reads.ts';

const ComputeToken = v.object({ value: v.string(), expiresAt: wholeNumber });

/** What the server processes of a compute show when they connect. Times in epoch milliseconds. */
export type ComputeToken = Readonly<v.InferOutput<typeof ComputeToken>>;

const ComputeItem = v.object({
  fleetId: v.string(),
  name: v.string(),
  /** The one of its fleet's locations that it stands in. */
  location: v.string(),
  /** Where its players reach it: by an address, by a name, or by both. */
  ipAddress: v.optional(v.string()),
  dnsName: v.optional(v.string()),
  certificatePath: v.optional(v.string()),
  createdAt: wholeNumber,
  /** The token that is given out, once somebody has asked for one. */
  token: v.optional(ComputeToken),
  /** The one before it, which is good until its own end. */
  previousToken: v.optional(ComputeToken),
  rev: revision,
});

/** A compute: a machine that is registered in a fleet, on which game servers run. Times in epoch milliseconds. */
export type Compute = Readonly<v.InferOutput<typeof ComputeItem>>;

/** Parses a compute item. Throws when the table holds something else under its key. */
export const parseComputeItem = (item: StoredItem): Compute => parseItem(ComputeItem, item);

/** Refused where the fleet has a compute of that name. */
export const putCompute = (compute: Compute): PutRequest => ({
  Item: { ...computeItemKey(compute.fleetId, compute.name), ...compute },
  ConditionExpression: 'attribute_not_exists(pk)',
});

/** All computes of a fleet, in the order of their names. */
export const computesOfFleet = (fleetId: string): QueryRequest => ({
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': computesPartition(fleetId) },
});
