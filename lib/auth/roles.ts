/** What an operation does: look at things, run sessions and their players, or change the fleets that they run on. */
export type Access = 'read' | 'play' | 'administer';

/** Every role, the mightiest first. */
export const roles = ['admin', 'game-backend', 'read-only'] as const;

/** What the holder of an access key may do. */
export type Role = (typeof roles)[number];

const accessOfRoles: Readonly<Record<Role, readonly Access[]>> = {
  admin: ['read', 'play', 'administer'],
  'game-backend': ['read', 'play'],
  'read-only': ['read'],
};

export const allows = (role: Role, access: Access): boolean => accessOfRoles[role].includes(access);
