import { randomUUID } from 'node:crypto';
import type { PostOutcome } from '#functions/connections.ts';
import { tellOwed } from '#functions/tell-server.ts';
import { computeToken } from '#lib/fleets/compute-tokens.ts';
import { registerCompute } from '#lib/fleets/computes.ts';
import { createFleet } from '#lib/fleets/fleets.ts';
import { createLocation } from '#lib/fleets/locations.ts';
import { activateProcess } from '#lib/servers/activate-process.ts';
import { type ConnectOutcome, connect } from '#lib/servers/connect.ts';
import { findProcess } from '#lib/servers/find-process.ts';
import { heartbeat } from '#lib/servers/heartbeat.ts';
import { lookAfterSession } from '#lib/servers/look-after-session.ts';
import { type HostingSettings, type PlaceOutcome, placeSession } from '#lib/servers/place-session.ts';
import { processAddressOf } from '#lib/servers/process-address.ts';
import { findGameSession } from '#lib/sessions/find.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import type { Table } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import { owesAny } from '#lib/table/process-item.ts';
import { Clock } from '#test/support/clock.ts';

export const activationTime = 300_000;

/** A session to be created, and created again under the same name. */
export type Creation = { readonly id: string; readonly sessionKey: string };

/** One fleet with one compute and one process on it, and what its doors do, by a clock of its own. */
export class FleetUnderTest {
  readonly clock = new Clock();
  readonly table: Table;
  readonly fleetId: string;
  readonly computeName = 'machine-1';
  readonly processId = randomUUID();
  readonly address: ProcessAddress;
  /** What the process was told, by the Action. */
  readonly told: string[] = [];
  /** Whether what is posted gets lost, as when whoever has claimed to post it has died. */
  losesPosts = false;
  /** How each post ends to the connection that is there, and what happens meanwhile. */
  posting: () => PostOutcome = () => 'posted';
  /** Sees each text that arrives. */
  onPost: (text: string) => void = () => {};
  connectionId = '';
  connectedAt = 0;

  /** @param fleetId one that exists, for another process of it */
  constructor(table: Table, fleetId = `fleet-${randomUUID()}`) {
    this.table = table;
    this.fleetId = fleetId;
    this.address = processAddressOf(this);
  }

  /** A fleet whose process is ready for a session. */
  static async ready(table: Table): Promise<FleetUnderTest> {
    const fleet = new FleetUnderTest(table);
    const now = fleet.clock.now();
    const { fleetId } = fleet;
    await createLocation(table, { name: 'custom-test', createdAt: now, createdBy: 'test' });
    const settings = { name: 'A fleet', createdAt: now, protectionPolicy: 'NoProtection' } as const;
    await createFleet(table, { fleetId, locations: ['custom-test'], ...settings });
    await registerCompute(table, {
      fleetId,
      name: fleet.computeName,
      location: 'custom-test',
      ipAddress: '10.1.2.3',
      createdAt: now,
    });
    await fleet.getReady();
    return fleet;
  }

  async getReady(): Promise<void> {
    await this.connect();
    await this.sayReady();
    await this.heartbeat();
  }

  async sayReady(): Promise<void> {
    const readiness = { port: 7_777, activatedBy: 'a request' };
    await activateProcess(this.context, this.address, this, this.connectionId, readiness);
  }

  get context() {
    return { table: this.table, now: this.clock.now(), random: Math.random, retention: usualRetention };
  }

  async connect(table: Table = this.table): Promise<ConnectOutcome> {
    const now = this.clock.now();
    const { fleetId, computeName, processId } = this;
    const newId = randomUUID;
    const token = await computeToken({ table: this.table, now, newId }, fleetId, computeName);
    if (token.kind !== 'token') throw new Error(`There is no token: ${token.kind}`);
    this.connectionId = randomUUID();
    this.connectedAt = now;
    const arrival = { fleetId, computeName, processId, token: token.value };
    return connect({ table, now, newId }, { ...arrival, connectionId: this.connectionId, connectedAt: now });
  }

  /** As the door does it: the heartbeat, a look at the session, and what the process is owed. */
  async heartbeat(table: Table = this.table) {
    const context = { ...this.context, table };
    const seen = await this.process();
    if (seen === undefined) throw new Error('The process has not connected');
    const outcome = await heartbeat(context, this.address, seen, {
      isHealthy: true,
      connectionId: this.connectionId,
      connectedAt: this.connectedAt,
    });
    if (outcome.kind !== 'alive') return outcome.kind;
    const isToEnd = await lookAfterSession(context, this.address, outcome.process);
    if (isToEnd || owesAny(outcome.process)) await this.tell(table);
    return outcome.kind;
  }

  newCreation(): Creation {
    const id = randomUUID();
    return { id, sessionKey: sessionKeyOf(`${this.fleetId}/custom-test/${id}`) };
  }

  /** As the door does it: the placement, and the news to the process. */
  async create(
    { id, sessionKey }: Creation,
    table: Table = this.table,
    settings: Partial<HostingSettings> = {},
    creatorId?: string,
  ): Promise<PlaceOutcome> {
    const { fleetId } = this;
    const location = 'custom-test';
    const outcome = await placeSession(
      { ...this.context, table },
      {
        sessionKey,
        wanted: { fleetId, location, id, capacity: 4, creatorId },
        takenBy: randomUUID(),
      },
      { activationTime, keepTime: undefined, ...settings },
    );
    if (outcome.kind === 'opened' && outcome.placedOn !== undefined) await this.tell(table);
    return outcome;
  }

  async tell(table: Table = this.table): Promise<void> {
    const post = async (connectionId: string, text: string): Promise<PostOutcome> => {
      if (connectionId !== this.connectionId) return 'gone';
      this.onPost(text);
      if (!this.losesPosts) this.told.push(JSON.parse(text).Action);
      return this.posting();
    };
    const warn = (message: string, attributes: object = {}) => {
      throw new Error(`${message}: ${JSON.stringify(attributes)}`);
    };
    const deployment = { region: 'us-east-1', accountId: '123456789012' };
    const context = {
      table,
      now: this.clock.now(),
      deployment,
      connections: { post },
      newId: randomUUID,
      log: { warn },
    };
    await tellOwed(context, this.address);
  }

  find({ sessionKey }: Creation) {
    return findGameSession(this.table, sessionKey, this.clock.now());
  }

  process() {
    return findProcess(this.table, this.address);
  }
}
