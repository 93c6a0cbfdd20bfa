/** How long an ended session and its players can be read where nobody says otherwise: GameLift's own 30 days, milliseconds. */
export const usualRetention = 30 * 24 * 60 * 60 * 1_000;

/** The epoch seconds after which a session that ends now, epoch milliseconds, may be removed. */
export const removableAfter = (now: number, retention: number): number =>
  Math.ceil((now + retention) / 1_000);

/** How long nobody may hold a slot in a session or touch it before it is ended, where nobody says otherwise, milliseconds. */
export const usualIdleTime = 7 * 24 * 60 * 60 * 1_000;
