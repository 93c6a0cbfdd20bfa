import { aliases } from './aliases.ts';
import { computes } from './computes.ts';
import { fleets } from './fleets.ts';
import { gameSessions } from './game-sessions.ts';
import { locations } from './locations.ts';
import type { Member } from './member.ts';
import { playerSessions } from './player-sessions.ts';
import { tagging } from './tags.ts';

/** Every member of every operation's input: the service model's limits (API version 2015-10-01). */
export const limits: readonly Member[] = [
  ...gameSessions,
  ...playerSessions,
  ...fleets,
  ...locations,
  ...computes,
  ...aliases,
  ...tagging,
];
