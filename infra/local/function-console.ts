const levels: readonly string[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const levelOfMethod = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
} as const;

/**
 * Has the console write as Lambda's runtime does for a function that logs in JSON: one object a line, with its time and
 * level, and nothing that is below the least level.
 */
export function logAsLambda(output: Console, write: (line: string) => void, leastLevel: string): void {
  const least = levels.indexOf(leastLevel);
  const methods = Object.entries(levelOfMethod).map(([method, level]) => {
    const isLogged = levels.indexOf(level) >= least;
    const line = (...message: unknown[]) => {
      if (!isLogged) return;
      const [only = ''] = message;
      const spelled = message.length > 1 ? message.map(String).join(' ') : only;
      write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, message: spelled })}\n`);
    };
    return [method, line];
  });
  Object.assign(output, Object.fromEntries(methods));
}
