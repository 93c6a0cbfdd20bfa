import { describing } from '#functions/gamelift/describe-sessions.ts';
import { spellGameSession } from '#functions/gamelift/spell.ts';

/** Game sessions with their protection, which GameLift shows nowhere else. */
export const describeGameSessionDetails = describing(
  'DescribeGameSessionDetails',
  ({ deployment }, sessions) => ({
    GameSessionDetails: sessions.map((session) => ({
      GameSession: spellGameSession(deployment, session),
      ProtectionPolicy: session.protection,
    })),
  }),
);
