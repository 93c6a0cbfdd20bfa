/** What an operation does: look at things, run sessions and their players, or change the fleets that they run on. */
export type Access = 'read' | 'play' | 'administer';

const accessOfRoles = {
  admin: ['read', 'play', 'administer'],
  'game-backend': ['read', 'play'],
  'read-only': ['read'],
} as const satisfies Record<string, readonly Access[]>;

/** What the holder of an access key may do. */
export type Role = keyof typeof accessOfRoles;

/** Every role, the mightiest first. */
export const roles: readonly Role[] = ['admin', 'game-backend', 'read-only'];

export function allows(role: Role, access: Access): boolean {
  const allowed: readonly Access[] = accessOfRoles[role];
  return allowed.includes(access);
}
