import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '#lib/auth/bearer-tokens.ts';
import type { Change } from '#lib/rosters/change-session.ts';
import type { Invitation } from '#lib/rosters/hold.ts';
import type { Joiner } from '#lib/rosters/join.ts';
import type { RosteredSession, RosterPlayer } from '#lib/rosters/rostered-session.ts';
import type { Facts } from '#lib/table/rostered-requests.ts';

/** The service as a game developer would put it: who is in, who was, and whose seats are held until when. */
export type RosterState = {
  readonly facts: Facts;
  readonly maxPlayers: number;
  readonly hasEnded: boolean;
  readonly roster: readonly RosterPlayer[];
  /** The end of each reservation by xuid, epoch milliseconds. One that has passed holds nothing any more. */
  readonly held: ReadonlyMap<string, number>;
};

/** One request, as its caller means it. Players are removed by the rule AnyPlayer; the title does all the rest. */
export type Verb =
  | { readonly verb: 'join'; readonly players: readonly Joiner[] }
  | { readonly verb: 'hold'; readonly invitation: Invitation }
  | { readonly verb: 'remove'; readonly xuid: string; readonly caller: Caller }
  | { readonly verb: 'describe'; readonly xuid: string; readonly customData: Uint8Array | undefined }
  | { readonly verb: 'change'; readonly change: Change; readonly ifMatch: readonly string[] | undefined };

/** What a verb does to a session at one moment, and what its caller is told. */
export type Effect = { readonly kind: string; readonly after: RosterState };

const isIn = ({ roster }: RosterState, xuid: string | undefined): boolean =>
  roster.some((player) => player.xuid === xuid && player.isCurrentlyInSession);

const isHeld = ({ held }: RosterState, xuid: string, now: number): boolean => (held.get(xuid) ?? 0) > now;

export const playersIn = ({ roster }: RosterState): number =>
  roster.filter(({ isCurrentlyInSession }) => isCurrentlyInSession).length;

const reserved = (state: RosterState, now: number): number =>
  [...state.held.keys()].filter((xuid) => isHeld(state, xuid, now)).length;

const free = (state: RosterState, now: number): number =>
  state.maxPlayers - playersIn(state) - reserved(state, now);

/** What the session reads as, but for what never changes and for its etag. */
export const documentOf = (state: RosterState, now: number): Partial<RosteredSession> => ({
  ...state.facts,
  maxPlayers: state.maxPlayers,
  seatsAvailable: state.hasEnded ? state.maxPlayers - playersIn(state) : free(state, now),
  hasEnded: state.hasEnded,
  roster: state.roster,
});

/** @param matches whether the session is in a state that the caller of a change means */
export function act(state: RosterState, verb: Verb, now: number, matches: boolean): Effect {
  const told = (kind: string, after: RosterState = state): Effect => ({ kind, after });
  switch (verb.verb) {
    case 'join': {
      const coming = verb.players.filter(({ xuid }) => !isIn(state, xuid));
      const refusal = refuseSeats(
        state,
        coming.map(({ xuid }) => xuid),
        now,
      );
      return refusal ? told(refusal) : told('joined', coming.reduce(comeIn, state));
    }
    case 'hold': {
      const { xuids, milliseconds } = verb.invitation;
      const wanting = xuids.filter((xuid) => !isIn(state, xuid) && !isHeld(state, xuid, now));
      const refusal = refuseSeats(state, wanting, now);
      if (refusal) return told(refusal);
      if (wanting.length === 0) return told('held');
      const held = new Map([...state.held, ...wanting.map((xuid) => [xuid, now + milliseconds] as const)]);
      return told('held', { ...state, held });
    }
    case 'remove': {
      const { caller, xuid } = verb;
      const mayRemove = caller.kind === 'title' || caller.xuid === xuid || isIn(state, caller.xuid);
      if (!mayRemove) return told('not-allowed');
      if (state.hasEnded) return told('ended');
      return told('removed', isIn(state, xuid) || isHeld(state, xuid, now) ? goOut(state, xuid) : state);
    }
    case 'describe': {
      const { xuid, customData } = verb;
      const player = state.roster.find((one) => one.xuid === xuid);
      if (player === undefined) return told('no-player');
      if (!player.isCurrentlyInSession) return told('not-allowed');
      if (state.hasEnded) return told('ended');
      // A try that was sent again cannot tell what it has done itself from what was so already.
      const isSame = isDeepStrictEqual(player.customData, customData);
      return told('described', isSame ? state : withPlace(state, { ...player, customData }));
    }
    case 'change': {
      const { maxPlayers = state.maxPlayers, hasEnded = false, ...facts } = verb.change;
      if (state.hasEnded) return told('ended');
      if (!matches) return told('changed-since');
      if (maxPlayers < playersIn(state) + reserved(state, now)) return told('below-held');
      const after = { ...state, maxPlayers, hasEnded, facts: { ...state.facts, ...facts } };
      const isSame = JSON.stringify(documentOf(after, now)) === JSON.stringify(documentOf(state, now));
      return told('changed', isSame ? state : after);
    }
  }
}

/** Why players who are not in get no seats; undefined where there are none of them, or seats for all. */
function refuseSeats(state: RosterState, xuids: readonly string[], now: number): string | undefined {
  if (state.hasEnded) return 'ended';
  if (xuids.length === 0) return undefined;
  if (state.facts.isClosed) return 'closed';
  return xuids.filter((xuid) => !isHeld(state, xuid, now)).length > free(state, now) ? 'full' : undefined;
}

function comeIn(state: RosterState, { xuid, gamertag, customData }: Joiner): RosterState {
  const earlier = state.roster.find((player) => player.xuid === xuid);
  return withPlace(without(state, xuid), {
    xuid,
    gamertag,
    seatIndex: earlier?.seatIndex ?? state.roster.length,
    customData: customData === undefined ? earlier?.customData : (customData ?? undefined),
    isCurrentlyInSession: true,
  });
}

function goOut(state: RosterState, xuid: string): RosterState {
  const player = state.roster.find((one) => one.xuid === xuid);
  const left = without(state, xuid);
  return player ? withPlace(left, { ...player, isCurrentlyInSession: false }) : left;
}

const withPlace = (state: RosterState, player: RosterPlayer): RosterState => ({
  ...state,
  roster: state.roster.toSpliced(player.seatIndex, 1, player),
});

/** Without a player's reservation. */
const without = (state: RosterState, xuid: string): RosterState => ({
  ...state,
  held: new Map([...state.held].filter(([holder]) => holder !== xuid)),
});
