import { type Role, roles } from '#lib/auth/roles.ts';
import { Clock } from '#test/support/clock.ts';
import { accessKeysOf, type Service, startService } from '#test/support/service.ts';

/** Who signs a call: the holder of a key, one with a key that was never issued, or one who knows a key's id alone. */
export type Signer = Role | 'stranger' | 'forger';

export type AccessKey = { readonly accessKeyId: string; readonly secretAccessKey: string };

const keyOf = (name: string): AccessKey => ({
  accessKeyId: `KEY-OF-${name.toUpperCase()}`,
  secretAccessKey: `the secret of ${name}`,
});

export const keys: Readonly<Record<Signer, AccessKey>> = {
  admin: keyOf('admin'),
  'game-backend': keyOf('game-backend'),
  compute: keyOf('compute'),
  'read-only': keyOf('read-only'),
  stranger: keyOf('stranger'),
  forger: { ...keyOf('admin'), secretAccessKey: 'a guess' },
};

/** The service as each client meets it. The same steps make the same ids in it, at the same times. */
export type Stage = {
  readonly service: Service;
  /** What a request is told apart by, the same over its tries: ids are made of it. */
  readonly invocation: () => string;
  /** Tells that the next step begins. */
  readonly next: () => void;
};

/** @param start where the clock stands at first, epoch milliseconds */
export async function startStage(start: number): Promise<Stage> {
  let step = 0;
  const invocation = () => `step-${step}`;
  const changes = {
    accessKeys: accessKeysOf(...roles.map((role) => ({ ...keys[role], role }))),
    newId: invocation,
    random: () => 0,
  };
  const service = await startService(changes, new Clock(start));
  return {
    service,
    invocation,
    next: () => {
      step += 1;
    },
  };
}
