import { isMet, type Result } from './result.ts';

const headings = ['Measurement', 'Openslot', 'Beside it', 'Ratio', 'Target'] as const;

/** The results as a Markdown table, columns aligned so that it reads in a terminal too. */
export function tableOf(results: readonly Result[]): string {
  const rows = results.map(cells);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function cells({ name, unit, openslot, beside, ratio, target }: Result): readonly string[] {
  return [
    `${name}, ${unit}`,
    written(openslot),
    beside === undefined ? '' : `${written(beside.value)} ${beside.what}`,
    ratio === undefined ? '' : ratio.toFixed(2),
    target === undefined || ratio === undefined ? '' : verdict(ratio, target),
  ];
}

function verdict(ratio: number, target: NonNullable<Result['target']>): string {
  const wanted = 'atMost' in target ? `at most ${target.atMost}` : `at least ${target.atLeast}`;
  return isMet(ratio, target) ? `${wanted}: met` : `${wanted}: MISSED`;
}

/** Three significant digits, and no fewer than the whole number has. */
const written = (value: number): string =>
  value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
