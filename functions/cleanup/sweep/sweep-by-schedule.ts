import { describeError, type Log } from '#functions/log.ts';
import { aboveZero, type Meter } from '#functions/meter.ts';
import { type SweepContext, sweep } from '#lib/cleanup/sweep.ts';

export type ScheduleContext = Omit<SweepContext, 'onFailure'> & { readonly meter: Meter; readonly log: Log };

/**
 * What the schedule invokes: one run, which is told of in the log and counted. An entry that fails is told of and counted too,
 * and does not fail the run.
 */
export const sweepBySchedule =
  ({ meter, log, ...context }: ScheduleContext) =>
  async (): Promise<void> => {
    const report = await sweep({
      ...context,
      onFailure: (error, what) => log.error('Could not be swept', { what, ...describeError(error) }),
    });
    log.info('Swept', report);
    await meter({
      // That there is nothing left is told too: alarms go by these.
      SweepRuns: 1,
      SweepBacklog: report.backlog,
      ...aboveZero({
        SweepFailures: report.failed,
        SlotsReclaimed: report.slotsReclaimed,
        SessionsEnded: report.sessionsEnded,
        ProcessesLost: report.processesLost,
        ItemsRemoved: report.itemsRemoved,
      }),
    });
  };
