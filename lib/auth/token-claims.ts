import * as v from 'valibot';
import { greatestUint64, parseUint64 } from '#lib/wire/uint64.ts';

/** Who calls, as a token says. */
export type Caller =
  /** One player, within one title. */
  | {
      readonly kind: 'player';
      readonly titleId: number;
      /** 64 bits, unsigned, in decimal. */
      readonly xuid: string;
      readonly gamertag: string;
    }
  /** The title's own backend, which may act for any of its players, or for the one that its token names. */
  | {
      readonly kind: 'title';
      readonly titleId: number;
      readonly xuid: string | undefined;
      readonly gamertag: string | undefined;
    };

/** The word in a token's scope that makes it a title's. */
export const titleScope = 'title';

/** In UTF-16 code units, as JavaScript, Java and C# count. */
export const longestGamertag = 15;

export const greatestTitleId = 2 ** 32 - 1;

/** Whether the text can be a gamertag. */
export function isGamertag(text: string): boolean {
  return text.length >= 1 && text.length <= longestGamertag && text.isWellFormed();
}

/** Reads a title id, 32 bits, unsigned, from a number or a decimal string; undefined for anything else. */
export function parseTitleId(value: unknown): number | undefined {
  const decimal = parseUint64(value);
  return decimal !== undefined && Number(decimal) <= greatestTitleId ? Number(decimal) : undefined;
}

export type ReadClaims =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'wrong'; readonly reason: string };

/** Reads the caller from the claims of a token that was verified, in which long integers are bigints. */
export function readCaller(claims: unknown): ReadClaims {
  const parsed = v.safeParse(claimsShape, claims);
  if (!parsed.success) return wrong(parsed.issues[0].message);
  const { title_id: titleId, xuid, gamertag, scope } = parsed.output;
  if (titleId === undefined) return wrong('the token has no claim title_id');
  if (scope.split(' ').includes(titleScope)) {
    return { kind: 'caller', caller: { kind: 'title', titleId, xuid, gamertag } };
  }
  const unlessTitle = `and its scope has no word ${titleScope}`;
  if (xuid === undefined) return wrong(`the token has no claim xuid, ${unlessTitle}`);
  if (gamertag === undefined) return wrong(`the token has no claim gamertag, ${unlessTitle}`);
  return { kind: 'caller', caller: { kind: 'player', titleId, xuid, gamertag } };
}

const wrong = (reason: string): ReadClaims => ({ kind: 'wrong', reason });

const mustBe = (claim: string, wanted: string): string => `the claim ${claim} of the token must be ${wanted}`;

const notTitleId = mustBe('title_id', `an integer from 0 to ${greatestTitleId}`);
const notXuid = mustBe('xuid', `an integer from 0 to ${greatestUint64}`);
const notGamertag = mustBe('gamertag', `1 to ${longestGamertag} characters`);

const claimsShape = v.object({
  title_id: v.optional(v.pipe(v.unknown(), v.transform(parseTitleId), v.number(notTitleId))),
  xuid: v.optional(v.pipe(v.unknown(), v.transform(parseUint64), v.string(notXuid))),
  gamertag: v.optional(v.pipe(v.string(notGamertag), v.check(isGamertag, notGamertag))),
  scope: v.optional(v.string(mustBe('scope', 'words with a space between')), ''),
});
