/**
 * What the one table declares: its keys, its time to live and its indexes. The CDK construct declares the table from
 * these names and lib/table writes by them, so that they cannot part ways.
 *
 * Index keys are stored in the items that they find, and in the game session's item each join pays for every byte:
 * hence names of one or two letters.
 */
export const partitionKey = 'pk';
export const sortKey = 'sk';

/** Epoch seconds after which DynamoDB may remove the item. */
export const timeToLive = 'ttl';

/** Sparse indexes that hold keys alone: an item without the index's keys costs nothing there. */
export const indexes = {
  /** A fleet's game sessions, one partition a shard, sorted by status and then creation time. */
  sessionsByFleet: { name: 'sessionsByFleet', partitionKey: 'f', sortKey: 'fs' },
  /** A player's player sessions in all game sessions, sorted by creation time. */
  playerSessionsByPlayer: { name: 'playerSessionsByPlayer', partitionKey: 'p', sortKey: 'pc' },
} as const;
