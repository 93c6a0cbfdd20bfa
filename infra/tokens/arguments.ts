import { parseArgs } from 'node:util';
import type { TokenWish } from '#infra/local/token-issuer.ts';
import {
  greatestTitleId,
  isGamertag,
  longestGamertag,
  parseTitleId,
  titleScope,
} from '#lib/auth/token-claims.ts';
import { greatestUint64, parseUint64 } from '#lib/wire/uint64.ts';

const usualHours = 24;
const mostHours = 24 * 366;

export const usage = `Usage: npm run --silent token -- --xuid <xuid> --gamertag <name> --title <id> [options]

Prints a bearer token for the GameSession API of the local run, and nothing else.

  --xuid <xuid>      the player, 0 to ${greatestUint64}
  --gamertag <name>  the player's name, 1 to ${longestGamertag} characters
  --title <id>       the title, 0 to ${greatestTitleId}
  --scope ${titleScope}      for the title's own backend; it need not name a player
  --hours <number>   how long the token is good: ${usualHours} unless given, at most ${mostHours}
  --help             show this
`;

export type ReadArguments =
  | { readonly kind: 'wish'; readonly wish: TokenWish }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly reason: string };

export function readArguments(args: readonly string[]): ReadArguments {
  if (args.includes('--help')) return { kind: 'help' };
  try {
    return { kind: 'wish', wish: readWish(args) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // parseArgs explains at length what else might have been meant.
    const [reason = ''] = error.message.split(/\.\s/, 1);
    return { kind: 'wrong', reason };
  }
}

/** @throws TypeError, as parseArgs does, for what is wrong with the arguments. */
function readWish(args: readonly string[]): TokenWish {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: { xuid: text, gamertag: text, title: text, scope: text, hours: text },
  });
  const scope = readScope(values.scope);
  const wish = {
    xuid: readXuid(values.xuid),
    gamertag: readGamertag(values.gamertag),
    title: readTitle(values.title),
    scope,
    hours: readHours(values.hours),
  };
  if (scope === undefined && (wish.xuid === undefined || wish.gamertag === undefined)) {
    throw new TypeError(`Give --xuid and --gamertag, or --scope ${titleScope}`);
  }
  return wish;
}

function readXuid(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return parseUint64(text) ?? refuse(`--xuid wants a whole number from 0 to ${greatestUint64}`, text);
}

function readGamertag(text: string | undefined): string | undefined {
  if (text === undefined || isGamertag(text)) return text;
  return refuse(`--gamertag wants 1 to ${longestGamertag} characters`, text);
}

function readTitle(text: string | undefined): number {
  return parseTitleId(text) ?? refuse(`--title wants a whole number from 0 to ${greatestTitleId}`, text);
}

function readScope(text: string | undefined): string | undefined {
  if (text === undefined || text === titleScope) return text;
  return refuse(`--scope wants the word ${titleScope}`, text);
}

function readHours(text = String(usualHours)): number {
  const hours = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  return hours > 0 && hours <= mostHours
    ? hours
    : refuse(`--hours wants a number above 0 and of at most ${mostHours}`, text);
}

function refuse(wanted: string, text: string | undefined): never {
  throw new TypeError(text === undefined ? wanted : `${wanted}, not '${text}'`);
}
