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

/** Sparse indexes: an item without the index's keys costs nothing there. */
export const indexes = {
  /**
   * A fleet's game sessions, or a title's open ones, one partition a shard, sorted by status and then creation time; and the
   * server processes of a fleet in one location, those that are free before those that host a session.
   */
  sessionsByFleet: { name: 'sessionsByFleet', partitionKey: 'f', sortKey: 'fs', projection: 'KEYS_ONLY' },
  /** A player's player sessions in all game sessions, or records in all rosters, sorted by creation time. */
  playerSessionsByPlayer: {
    name: 'playerSessionsByPlayer',
    partitionKey: 'p',
    sortKey: 'pc',
    projection: 'KEYS_ONLY',
  },
  /**
   * The payloads of a fleet's live game sessions, whole, one partition a shard, sorted by session key: what a search
   * reads. They are written at creation, when somebody changes them, now and then by the sweep, and at the end; never by a
   * join.
   */
  searchableSessions: {
    name: 'searchableSessions',
    partitionKey: 'shard',
    sortKey: partitionKey,
    projection: 'ALL',
  },
  /**
   * What the sweep has to look at, one partition a shard, sorted by when: sessions in which reservations may lapse, payloads
   * for their session as a whole, server processes that may fall silent, and what is left of sessions that are gone. A join
   * that finds its session in it leaves it there as it is, and so writes no index.
   */
  sessionsDue: { name: 'sessionsDue', partitionKey: 'l', sortKey: 'dt', projection: 'KEYS_ONLY' },
} as const;
