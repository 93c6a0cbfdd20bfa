import { expect, test } from 'vitest';
import { readOptions } from '#infra/local/options.ts';

test('npm start without options keeps its data, prints no lines, and has its own port', () => {
  const options = { port: 4800, memory: false, events: false, metrics: false, help: false };
  expect(readOptions([])).toEqual({ kind: 'options', options });
});

test('each option of npm start is taken', () => {
  const options = { port: 0, memory: true, events: true, metrics: true, help: true };
  const args = ['--port', '0', '--memory', '--events', '--metrics', '--help'];
  expect(readOptions(args)).toEqual({ kind: 'options', options });
});

test.each([
  ['an unknown option', ['--prot', '4900'], "Unknown option '--prot'"],
  ['a port that is no number', ['--port', 'many'], "--port wants a number from 0 to 65535, not 'many'"],
  ['a port that is too high', ['--port', '65536'], "--port wants a number from 0 to 65535, not '65536'"],
  ['a negative port', ['--port=-1'], "--port wants a number from 0 to 65535, not '-1'"],
  ['no port after --port', ['--port'], "Option '--port <value>' argument missing"],
  ['a word too many', ['4900'], "Unexpected argument '4900'"],
  ['a value for a switch', ['--memory=no'], "Option '--memory' does not take an argument"],
])('%s is refused in a few words', (_, args, reason) => {
  expect(readOptions(args)).toEqual({ kind: 'wrong', reason: expect.stringContaining(reason) });
});

test('the reason for a refusal is one line', () => {
  expect(readOptions(['--port', '-1'])).toEqual({ kind: 'wrong', reason: expect.not.stringContaining('\n') });
});
