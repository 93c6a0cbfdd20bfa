import { shortHash } from '#lib/sessions/ids.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';

/** What names a server process: its fleet, its compute, and what its owner calls it there. */
export type ProcessName = {
  readonly fleetId: string;
  readonly computeName: string;
  readonly processId: string;
};

/** Where the processes of a compute are kept. */
export const computeKeyOf = (fleetId: string, computeName: string): string =>
  shortHash(`${fleetId}\n${computeName}`, 18);

/** Where a process is kept. It follows from the name alone: whoever connects again finds what was there before. */
export const processAddressOf = ({ fleetId, computeName, processId }: ProcessName): ProcessAddress => ({
  computeKey: computeKeyOf(fleetId, computeName),
  processHash: shortHash(processId, 11),
});
