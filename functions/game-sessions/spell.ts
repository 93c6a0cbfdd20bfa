import type { Message } from '#lib/messages/message.ts';
import type { RosteredSession, RosterPlayer, SessionSummary } from '#lib/rosters/rostered-session.ts';
import { rawNumber } from '#lib/wire/exact-json.ts';
import type { GameMessage, GameSession, GameSessionSummary, Player } from './answers.ts';

/** How the objects of the core are spelled in this API. */

/** `2011-06-23T17:13:06Z`: in whole seconds, as the documented sample has it. */
export const spellTime = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, -'.000Z'.length)}Z`;

export const spellBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export const spellPlayer = (player: RosterPlayer): Player => ({
  xuid: rawNumber(player.xuid),
  gamertag: player.gamertag,
  seatIndex: player.seatIndex,
  customData: player.customData === undefined ? null : spellBase64(player.customData),
  isCurrentlyInSession: player.isCurrentlyInSession,
});

const spellFacts = (session: SessionSummary) => ({
  sessionId: session.sessionId,
  titleId: session.titleId,
  variant: session.variant,
  displayName: session.displayName,
  creationTime: spellTime(session.createdAt),
  customData: session.customData === undefined ? null : [...session.customData],
});

/** The thirteen members of a session, in the order of the documented sample. */
export const spellSession = (session: RosteredSession): GameSession => ({
  ...spellFacts(session),
  maxPlayers: session.maxPlayers,
  seatsAvailable: session.seatsAvailable,
  isClosed: session.isClosed,
  hasEnded: session.hasEnded,
  roster: session.roster.map(spellPlayer),
  visibility: session.visibility,
  playersCanBeRemovedBy: session.playersCanBeRemovedBy,
});

/** What lists show of a session. */
export const spellSummary = (session: SessionSummary): GameSessionSummary => ({
  ...spellFacts(session),
  hasEnded: session.hasEnded,
});

/** The header by which a session as it is now is told from what it was and will be. */
export const etagHeader = ({ etag }: RosteredSession) => ({ etag: `"${etag}"` });

export const spellMessage = (message: Message): GameMessage => ({
  queueIndex: message.queueIndex,
  sequenceNumber: message.number,
  senderXuid: rawNumber(message.sender),
  timeStamp: spellTime(message.at),
  data: spellBase64(message.data),
});
