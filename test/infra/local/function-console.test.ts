import { describe, expect, test } from 'vitest';
import { logAsLambda } from '#infra/local/function-console.ts';

/** A console that writes as Lambda's does, and the lines that it wrote. */
function madeConsole(leastLevel: string) {
  const lines: string[] = [];
  const output = Object.create(console);
  logAsLambda(output, (line) => lines.push(line), leastLevel);
  const log: Console = output;
  return { log, lines };
}

const written = (lines: readonly string[]): unknown[] => lines.map((line) => JSON.parse(line));

describe("a function's console", () => {
  test('writes one JSON object a line, with time, level and message', () => {
    const { log, lines } = madeConsole('INFO');
    log.info({ event: 'Request', outcome: 'ok' });
    log.log('two', 'words');
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(written(lines)).toEqual([
      { timestamp, level: 'INFO', message: { event: 'Request', outcome: 'ok' } },
      { timestamp, level: 'INFO', message: 'two words' },
    ]);
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });

  test.each([
    ['DEBUG', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
    ['INFO', ['INFO', 'WARN', 'ERROR']],
    ['WARN', ['WARN', 'ERROR']],
    ['ERROR', ['ERROR']],
    ['FATAL', []],
  ])('leaves out what is below its level: %s', (leastLevel, levels) => {
    const { log, lines } = madeConsole(leastLevel);
    log.debug('x');
    log.info('x');
    log.warn('x');
    log.error('x');
    expect(written(lines)).toMatchObject(levels.map((level) => ({ level })));
    expect(lines).toHaveLength(levels.length);
  });
});
