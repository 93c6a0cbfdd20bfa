/** Where CloudWatch shows what the functions count. */
export const metricNamespace = 'Openslot';

/** What the functions count, by the names that CloudWatch shows. Each has the dimension `service`, the deployment's own. */
export const metricNames = [
  /** Seats that were taken by reservations. */
  'ReservationsMade',
  /** The same that were refused, by the further dimension `reason`. */
  'ReservationsRefused',
  /** Game sessions for which no server process was free. */
  'PlacementsRefused',
  /** Reservations whose players have not come in time. */
  'ReservationsTimedOut',
  /** Events that the bus has taken. */
  'EventsPublished',
  /** Records of the table's stream that could not be processed: they come again. */
  'RecordsFailed',
  /** Items of sessions past their retention that were removed. */
  'ItemsRemoved',
  /** 1 at the end of each sweep. */
  'SweepRuns',
  /** What the sweep should have looked at and has left for the next one. */
  'SweepBacklog',
  /** The same that it could not do for an error. */
  'SweepFailures',
  /** Slots of lapsed reservations that the sweep has freed. */
  'SlotsReclaimed',
  /** Sessions that the sweep has ended: idle ones, and those that were not activated in time. */
  'SessionsEnded',
  /** What game servers have sent, or their connections, that could not be answered for an error that nobody expected. */
  'ServerRequestsFailed',
  /** Server processes that were taken for gone: silent or ill ones, and those that did not get ready or end in time. */
  'ProcessesLost',
] as const;

export type MetricName = (typeof metricNames)[number];
