import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { eventSchemas } from '#functions/cleanup/on-change/event-schemas.ts';
import { refusals } from '#functions/game-servers/refusals.ts';
import { operations } from '#functions/gamelift/operations.ts';
import { operationsNotOffered } from '#functions/gamelift/operations-not-offered.ts';
import { allows, roles } from '#lib/auth/roles.ts';
import { wireErrors } from '#lib/wire/errors.ts';
import { eventExamples } from './event-examples.ts';
import { detailTypes, eventSchemaFile, eventSchemaFolder, eventSchemaText } from './event-schemas.ts';
import { openApiFile, openApiText } from './open-api.ts';

/**
 * What of the documentation is written by the code that it is about: its tables, the OpenAPI description, and the events'
 * schemas and examples. `npm run docs` writes it; a test fails while it is not as that would write it.
 */

/** The documents that have such tables. */
export const documents = ['gamelift.md', 'compatibility.md', 'events.md', 'game-servers.md'].map((name) =>
  path.join(import.meta.dirname, name),
);

const tables = {
  offered,
  'not-offered': notOffered,
  errors,
  events,
  'event-examples': examples,
  'server-refusals': serverRefusals,
} as const;

/** The document with its tables as the code says them. Throws for a mark that names no table. */
export function fillTables(document: string): string {
  return document.replace(
    /(<!-- begin (\S+) -->\n).*?(<!-- end \2 -->)/gs,
    (_, begin: string, name: string, end: string) => `${begin}${tableOf(name)}${end}`,
  );
}

function tableOf(name: string): string {
  const [, render] = Object.entries(tables).find(([known]) => known === name) ?? [];
  if (render === undefined) throw new Error(`There is no table ${name}`);
  return render();
}

function offered(): string {
  const rows = [...operations].map(([name, { access }]): Row => {
    const least = roles.findLast((role) => allows(role, access));
    return [name, String(least)];
  });
  return table(['operation', 'role'], rows.toSorted(byName));
}

function notOffered(): string {
  const byReason = Map.groupBy([...operationsNotOffered], ([, reason]) => reason);
  const rows = [...byReason].map(
    ([reason, entries]): Row => [
      entries
        .map(([name]) => name)
        .toSorted()
        .join(', '),
      reason,
    ],
  );
  return table(['operations', 'why'], rows);
}

function errors(): string {
  const rows = Object.entries(wireErrors).map(
    ([name, { plain }]): Row => [name, `${plain.status} ${plain.code}`],
  );
  return table(['error', 'in plain JSON'], rows);
}

function serverRefusals(): string {
  const rows = Object.values(refusals).map(([status, when]): Row => [String(status), when]);
  return table(
    ['StatusCode', 'when'],
    rows.toSorted(([one], [other]) => Number(one) - Number(other)),
  );
}

function events(): string {
  const rows = detailTypes.map(
    (type): Row => [
      `[${type}](${path.basename(eventSchemaFolder)}/${eventSchemaFile(type)})`,
      v.getDescription(eventSchemas[type]) ?? '',
    ],
  );
  return table(['`detail-type`', 'what happened'], rows);
}

/** What is in `detail`, a line for each member. */
function examples(): string {
  const sections = eventExamples.map(({ detailType, detail }) => {
    const members = Object.entries(detail).map(
      ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
    );
    return `### ${detailType}\n\n\`\`\`json\n{\n${members.join(',\n')}\n}\n\`\`\`\n`;
  });
  return `\n${sections.join('\n')}\n`;
}

type Row = readonly [string, string];

const byName = ([one]: Row, [other]: Row): number => one.localeCompare(other);

const table = (head: Row, rows: readonly Row[]): string =>
  [head, ['---', '---'] as const, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');

if (import.meta.main) {
  writeFileSync(openApiFile, openApiText());
  for (const type of detailTypes) {
    writeFileSync(path.join(eventSchemaFolder, eventSchemaFile(type)), eventSchemaText(type));
  }
  for (const file of documents) writeFileSync(file, fillTables(readFileSync(file, 'utf8')));
}
