import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventExamples } from '#docs/event-examples.ts';
import { detailTypes, eventSchemaFile, eventSchemaFolder, eventSchemaText } from '#docs/event-schemas.ts';
import { eventErrors } from '#test/support/event-schemas.ts';

test('there is a schema of each event and no other', () => {
  expect(readdirSync(eventSchemaFolder).toSorted()).toEqual(detailTypes.map(eventSchemaFile).toSorted());
});

describe.each(detailTypes)('%s', (type) => {
  test('has the schema that the code writes: else run npm run docs', () => {
    const file = path.join(eventSchemaFolder, eventSchemaFile(type));
    expect(readFileSync(file, 'utf8')).toBe(eventSchemaText(type));
  });

  test('has one example, which is as the schema has it', () => {
    const examples = eventExamples.filter(({ detailType }) => detailType === type);
    expect(examples).toHaveLength(1);
    expect(examples.flatMap(({ detail }) => eventErrors({ 'detail-type': type, detail }))).toEqual([]);
  });
});
