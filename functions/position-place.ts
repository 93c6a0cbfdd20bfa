import * as v from 'valibot';
import type { Position } from '#lib/table/reads.ts';

/** Where a list goes on that one query reads, as a page token holds it. */
export const positionPlace: v.GenericSchema<Position> = v.record(v.string(), v.string());
