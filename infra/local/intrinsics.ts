import * as v from 'valibot';
import { LocalRunError } from './local-run-error.ts';

/** What `Ref` and `Fn::GetAtt` give for one resource or parameter. */
export type Identity = { readonly ref: string; readonly attributes?: Readonly<Record<string, string>> };

export type Identities = ReadonlyMap<string, Identity>;

const intrinsics = v.union([
  v.strictObject({ Ref: v.string() }),
  v.strictObject({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) }),
  v.strictObject({ 'Fn::Join': v.tuple([v.string(), v.array(v.unknown())]) }),
  v.strictObject({ 'Fn::Sub': v.string() }),
]);

/**
 * Replaces CloudFormation's functions in a value by what they give locally.
 *
 * @param place Where in the template the value is, for the message.
 * @throws LocalRunError for a function or a reference that has no local value: to leave it out would run another stack
 *   than the one that is deployed.
 */
export function resolve(value: unknown, identities: Identities, place: string): unknown {
  if (Array.isArray(value)) return value.map((member) => resolve(member, identities, place));
  if (typeof value !== 'object' || value === null) return value;

  const [name, ...others] = Object.keys(value);
  if (name === 'Ref' || name === 'Condition' || name?.startsWith('Fn::')) {
    const parsed = v.safeParse(intrinsics, value);
    if (!parsed.success || others.length > 0) {
      throw new LocalRunError(`${place} uses ${name} in a way that the local run does not know`);
    }
    return evaluate(parsed.output, identities, place);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, resolve(member, identities, `${place}.${key}`)]),
  );
}

function evaluate(call: v.InferOutput<typeof intrinsics>, identities: Identities, place: string): string {
  if ('Ref' in call) return reference(call.Ref, identities, place);
  if ('Fn::GetAtt' in call) return attribute(...call['Fn::GetAtt'], identities, place);
  if ('Fn::Join' in call) {
    const [separator, parts] = call['Fn::Join'];
    return parts.map((part) => String(resolve(part, identities, place))).join(separator);
  }
  // ${!Literal} stands for ${Literal} itself.
  return call['Fn::Sub'].replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const [id = '', ...rest] = name.split('.');
    return rest.length > 0
      ? attribute(id, rest.join('.'), identities, place)
      : reference(id, identities, place);
  });
}

function reference(id: string, identities: Identities, place: string): string {
  const identity = identities.get(id);
  if (identity === undefined) {
    throw new LocalRunError(`${place} refers to ${id}, which has no value in the local run`);
  }
  return identity.ref;
}

function attribute(id: string, name: string, identities: Identities, place: string): string {
  const value = identities.get(id)?.attributes?.[name];
  if (value === undefined) {
    throw new LocalRunError(`${place} reads ${id}.${name}, which has no value in the local run`);
  }
  return value;
}
