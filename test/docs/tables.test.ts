import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documents, fillTables } from '#docs/tables.ts';
import { operations } from '#functions/gamelift/operations.ts';
import { operationsNotOffered } from '#functions/gamelift/operations-not-offered.ts';

test.each(documents)('%s has the tables that the code writes: else run npm run docs', (file) => {
  const document = readFileSync(file, 'utf8');
  expect(document).toMatch(/<!-- begin/);
  expect(document).toBe(fillTables(document));
});

test('every operation of the service model is offered, or not offered for a reason', () => {
  expect([...operations.keys()].filter((name) => operationsNotOffered.has(name))).toEqual([]);
  expect(operations.size + operationsNotOffered.size).toBe(120);
});
