import { describing } from '#functions/gamelift/describe-sessions.ts';
import { spellGameSession } from '#functions/gamelift/spell.ts';

export const describeGameSessions = describing('DescribeGameSessions', ({ deployment }, sessions) => ({
  GameSessions: sessions.map((session) => spellGameSession(deployment, session)),
}));
