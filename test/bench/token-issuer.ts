import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { issueToken, serveKeySet } from '#infra/local/token-issuer.ts';

/** The development issuer, with a key that is thrown away at the end. */
export type TokenIssuer = {
  /** Where its key is published, on loopback. */
  readonly keySetUrl: string;
  /** A player's token, good for an hour. */
  tokenOf(player: BenchPlayer): Promise<string>;
  stop(): Promise<void>;
};

export type BenchPlayer = { readonly xuid: string; readonly gamertag: string };

/** The title that all players of the benchmark play. */
export const titleId = 1297287259;

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const directory = mkdtempSync(path.join(tmpdir(), 'openslot-bench-issuer-'));
  const file = path.join(directory, 'key.json');
  const keySet = await serveKeySet(file);
  return {
    keySetUrl: keySet.url,
    tokenOf: (player) =>
      issueToken(file, { ...player, title: titleId, scope: undefined, hours: 1 }, Date.now()),
    async stop() {
      await keySet.close();
      rmSync(directory, { recursive: true });
    },
  };
}
