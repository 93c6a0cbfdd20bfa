import type { Shape } from './shapes.ts';

const mostCharacters = 256;
const mostEntries = 8;
const hidden = '***';

/** A value as a message may show it: hidden where its shape is sensitive, and short whatever the request's size. */
export function show(shape: Shape, value: unknown): string {
  if (shape.sensitive) return hidden;
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'number' || value === null) return String(value);
  if (shape.kind === 'list' && Array.isArray(value)) {
    const shown = value.slice(0, mostEntries).map((entry) => show(shape.member, entry));
    return `[${shown.join(', ')}${value.length > mostEntries ? ', ...' : ''}]`;
  }
  // A map or a structure is found by its path; what it holds would only drown the message.
  return '{...}';
}

/** A map's key as a path may show it. A map that holds sensitive values keeps its keys to itself. */
export function showKey(map: Shape, key: string): string {
  return map.sensitive ? hidden : cut(key);
}

/** Cutting may part a surrogate pair, and half a character has no spelling in UTF-8. */
function cut(text: string): string {
  return text.length <= mostCharacters
    ? text.toWellFormed()
    : `${text.slice(0, mostCharacters).toWellFormed()}...`;
}
