import { errorText, type Cancel, type HedgeLockError } from "@hedgelock/runtime";
import { PermissionViolationError, type NatsConnection, type Status } from "@nats-io/transport-node";

import type { BusDeps } from "./bus-deps.ts";
import { permissionError } from "./bus-error.ts";
import { closedError, disconnectedError } from "./connection-error.ts";
import type { BusState } from "./port.ts";

type StateListener = (state: BusState) => void;
type DenialListener = (subject: string, error: HedgeLockError) => void;
type LossListener = (reason: Error | undefined) => void;

/** A connection of the client library with its state made observable. Never throws from a callback of the library. */
export class Connection {
  readonly nc: NatsConnection;
  /** Inboxes of this connection start with it: the permission `_IB.<service>.>` covers all of them. */
  readonly inboxPrefix: string;
  readonly #deps: BusDeps;
  readonly #stateListeners = new Set<StateListener>();
  readonly #denialListeners = new Set<DenialListener>();
  readonly #lossListeners = new Set<LossListener>();
  #state: BusState = "connected";
  #inboxes = 0;

  constructor(nc: NatsConnection, inboxPrefix: string, deps: BusDeps) {
    this.nc = nc;
    this.inboxPrefix = `${inboxPrefix}.${deps.random.hex(8)}`;
    this.#deps = deps;
    this.#gauge();
    void this.#follow();
    void this.#awaitClose();
  }

  get state(): BusState {
    return this.#state;
  }

  /** A subject nobody else listens on. */
  newInbox(): string {
    this.#inboxes += 1;
    return `${this.inboxPrefix}.${this.#inboxes.toString(36)}`;
  }

  onState(listener: StateListener): Cancel {
    this.#stateListeners.add(listener);
    return () => {
      this.#stateListeners.delete(listener);
    };
  }

  /** Told when the server denies publishing to a subject: such a publish gets no answer otherwise. */
  onDenied(listener: DenialListener): Cancel {
    this.#denialListeners.add(listener);
    return () => {
      this.#denialListeners.delete(listener);
    };
  }

  /** Told when the connection has ended for good without {@link close}. */
  onLost(listener: LossListener): void {
    this.#lossListeners.add(listener);
  }

  /** Resolves when connected; rejects when closed or when the deadline has passed. */
  async connected(deadlineMs: number): Promise<void> {
    if (this.#state === "connected") return;
    if (this.#state === "closed") throw closedError();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stopWatching = this.onState((state) => {
      if (state === "connected") resolve();
      else if (state === "closed") reject(closedError());
    });
    const cancel = this.#deps.timers.after(deadlineMs, () => {
      reject(disconnectedError("waiting for the connection"));
    });
    try {
      await promise;
    } finally {
      stopWatching();
      cancel();
    }
  }

  /** Closes at once. */
  async close(): Promise<void> {
    this.#become("closed");
    await this.nc.close();
  }

  async #follow(): Promise<void> {
    try {
      for await (const status of this.nc.status()) this.#take(status);
    } catch (error) {
      this.#deps.log.error("bus.status_failed", { error: errorText(error) });
    }
  }

  async #awaitClose(): Promise<void> {
    const reason = (await this.nc.closed()) ?? undefined;
    if (this.#state === "closed") return;
    this.#deps.log.error("bus.closed_unexpectedly", {
      reason: reason === undefined ? "none given" : errorText(reason),
    });
    this.#become("closed");
    for (const listener of this.#lossListeners) listener(reason);
  }

  #take(status: Status): void {
    if (status.type === "disconnect") {
      this.#deps.log.warn("bus.disconnected", { server: status.server });
      this.#become("disconnected");
    } else if (status.type === "reconnect") {
      this.#deps.log.info("bus.reconnected", { server: status.server });
      this.#deps.metrics.counter("hedgelock_bus_reconnects_total", "Connections restored").inc();
      this.#become("connected");
    } else if (status.type === "staleConnection" || status.type === "ldm") {
      this.#deps.log.warn(status.type === "ldm" ? "bus.server_leaving" : "bus.server_silent");
    } else if (status.type === "error") {
      this.#takeError(status.error);
    }
  }

  #takeError(error: Error): void {
    if (!(error instanceof PermissionViolationError)) {
      this.#deps.log.error("bus.server_error", { error: errorText(error) });
      return;
    }
    this.#deps.metrics.counter("hedgelock_bus_denied_total", "Operations the server denied this user").inc();
    const denied = permissionError(error.operation === "publish" ? "publishing" : "subscribing", error.subject, error);
    this.#deps.log.error("bus.denied", { operation: error.operation, subject: error.subject }, denied.message);
    if (error.operation !== "publish") return;
    for (const listener of this.#denialListeners) listener(error.subject, denied);
  }

  #become(state: BusState): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.#gauge();
    for (const listener of this.#stateListeners) {
      try {
        listener(state);
      } catch (error) {
        this.#deps.log.error("bus.state_listener_failed", { error: errorText(error) });
      }
    }
  }

  #gauge(): void {
    this.#deps.metrics
      .gauge("hedgelock_bus_connected", "1 while connected to a NATS server")
      .set(this.#state === "connected" ? 1 : 0);
  }
}
