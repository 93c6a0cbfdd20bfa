import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { hasCode } from '#infra/error-code.ts';
import { LocalRunError } from './local-run-error.ts';

/** How far each shard of a stream has been read. */
export type StreamPositions = {
  /** The sequence number after which to go on; undefined for a shard of which nothing was read. */
  after(shardId: string): string | undefined;
  isFinished(shardId: string): boolean;
  advance(shardId: string, sequenceNumber: string): void;
  /** There is nothing more to read in the shard. */
  finish(shardId: string): void;
  /** Forgets shards that are no longer there. */
  keepOnly(shardIds: readonly string[]): void;
};

const position = v.strictObject({ after: v.optional(v.string()), isFinished: v.boolean() });
const fileSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({ stream: v.string(), shards: v.record(v.string(), position) }),
);

type Position = v.InferOutput<typeof position>;

/**
 * The positions in a stream, kept in the file if there is one. Those of another stream, of a table that was deleted since,
 * count for nothing.
 *
 * @throws LocalRunError for a file that holds anything else.
 */
export function openPositions(stream: string, file: string | undefined): StreamPositions {
  const shards = new Map(file === undefined ? [] : readPositions(stream, file));
  const set = (shardId: string, changed: Position) => {
    shards.set(shardId, changed);
    if (file !== undefined) writePositions(stream, shards, file);
  };
  return {
    after: (shardId) => shards.get(shardId)?.after,
    isFinished: (shardId) => shards.get(shardId)?.isFinished === true,
    advance: (shardId, after) => set(shardId, { after, isFinished: false }),
    finish: (shardId) => set(shardId, { ...shards.get(shardId), isFinished: true }),
    keepOnly: (shardIds) => {
      for (const shardId of shards.keys()) if (!shardIds.includes(shardId)) shards.delete(shardId);
    },
  };
}

function readPositions(stream: string, file: string): readonly [string, Position][] {
  const kept = v.safeParse(fileSchema, readText(file));
  if (!kept.success) throw new LocalRunError(`${file} cannot be used: delete it to read the stream anew`);
  return kept.output.stream === stream ? Object.entries(kept.output.shards) : [];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return JSON.stringify({ stream: '', shards: {} });
    throw error;
  }
}

/** Whoever is ended meanwhile leaves the old file or the new one, and no half of it. */
function writePositions(stream: string, shards: ReadonlyMap<string, Position>, file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify({ stream, shards: Object.fromEntries(shards) }));
  renameSync(`${file}.new`, file);
}
