import * as v from 'valibot';
import { isRecord } from '#lib/wire/record.ts';

type Members<Entries extends v.ObjectEntries> = v.GenericSchema<
  unknown,
  v.InferOutput<v.StrictObjectSchema<Entries, undefined>>
>;

const isRequired = 'is required';

/**
 * An object with these members and no other. Unlike valibot's strict object it names every member that has no business
 * there, and not the first alone, and takes no list for an object.
 */
export function members<const Entries extends v.ObjectEntries>(entries: Entries) {
  const known = v.strictObject(entries, isRequired);
  const stranger = v.never(`is unknown: what may be here is ${Object.keys(entries).join(', ') || 'nothing'}`);
  return v.lazy((input): Members<Entries> => {
    // Whoever describes the schema asks without a value.
    if (input === undefined) return known;
    if (!isRecord(input)) return v.never('must be an object');
    const strangers = Object.keys(input).filter((name) => !Object.hasOwn(entries, name));
    if (strangers.length === 0) return known;
    const all = { ...entries, ...Object.fromEntries(strangers.map((name) => [name, stranger])) };
    return v.strictObject(all, isRequired);
  });
}
