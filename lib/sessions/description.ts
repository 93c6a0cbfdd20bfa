import type { Changes } from '#lib/table/change-item.ts';
import {
  type Property,
  type ProtectionPolicy,
  type SessionPayload,
  spellProperties,
} from '#lib/table/session-item.ts';

/** The most properties that a session may have: GameLift's own limit. */
export const maximumProperties = 16;

/** What a session is described with and may be given anew. What is undefined stays as it is. */
export type Description = {
  readonly name?: string | undefined;
  /** Added to those that it has; a key that it has gets the new value. */
  readonly properties?: readonly Property[] | undefined;
  readonly protection?: ProtectionPolicy | undefined;
};

/** More properties than a session may have. */
export type DescriptionRefusal = { readonly kind: 'too-many-properties'; readonly properties: number };

/** Which attributes of the payload change, so that it describes the session as wanted. */
export function decideDescription(
  payload: SessionPayload,
  wanted: Description,
):
  | DescriptionRefusal
  | { readonly kind: 'as-wanted' }
  | { readonly kind: 'write'; readonly changes: Changes } {
  const had = payload.properties ?? [];
  const properties = wanted.properties ? mergeProperties(had, wanted.properties) : had;
  if (properties.length > maximumProperties) {
    return { kind: 'too-many-properties', properties: properties.length };
  }
  const changes = {
    name: changed(payload.name, wanted.name),
    properties: changed(spellProperties(had), spellProperties(properties)),
    protection: changed(payload.protection, wanted.protection),
  };
  const changesNothing = Object.values(changes).every((value) => value === undefined);
  return changesNothing ? { kind: 'as-wanted' } : { kind: 'write', changes };
}

/** By key: a new value takes the place of the old one, and a new key comes last. Of a key given twice the last value counts. */
function mergeProperties(had: readonly Property[], added: readonly Property[]): readonly Property[] {
  const values = new Map([...had, ...added].map(({ key, value }) => [key, value]));
  return [...values].map(([key, value]) => ({ key, value }));
}

const changed = (before: string | undefined, after: string | undefined): string | undefined =>
  after === before ? undefined : after;
