/**
 * What an operation does: look at things, run sessions and their players, register the machines that game servers run on and
 * give out what those connect with, or change the fleets that they run in.
 */
export type Access = 'read' | 'play' | 'host' | 'administer';

/** Every role, the mightiest first. */
export const roles = ['admin', 'game-backend', 'compute', 'read-only'] as const;

/** What the holder of an access key may do. */
export type Role = (typeof roles)[number];

const accessOfRoles: Readonly<Record<Role, readonly Access[]>> = {
  admin: ['read', 'play', 'host', 'administer'],
  'game-backend': ['read', 'play'],
  compute: ['read', 'host'],
  'read-only': ['read'],
};

export const allows = (role: Role, access: Access): boolean => accessOfRoles[role].includes(access);
