import path from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { type DetailType, eventSchemas, eventVersion } from '#functions/cleanup/on-change/event-schemas.ts';

/**
 * A JSON Schema for the `detail` of each event, made from the schemas that the function's spelling is held to. `npm run docs`
 * writes them to docs/event-schemas; a test fails while those files are not as this would write them.
 */

export const eventSchemaFolder = path.join(import.meta.dirname, 'event-schemas');

export const detailTypes: readonly DetailType[] = Object.keys(eventSchemas).filter((name) =>
  isDetailType(name),
);

function isDetailType(name: string): name is DetailType {
  return Object.hasOwn(eventSchemas, name);
}

/** `player-session-timed-out.v1.json` */
export const eventSchemaFile = (type: DetailType): string =>
  `${type.toLowerCase().replaceAll(' ', '-')}.v${eventVersion}.json`;

/** What JSON Schema (2020-12) says of an event's detail. */
export function describeEvent(type: DetailType): Readonly<Record<string, unknown>> {
  const { $schema, ...described } = toJsonSchema(eventSchemas[type], {
    target: 'draft-2020-12',
    typeMode: 'output',
  });
  return { $schema, title: type, ...described };
}

/** The text of an event's file. */
export const eventSchemaText = (type: DetailType): string =>
  `${JSON.stringify(describeEvent(type), undefined, 2)}\n`;
