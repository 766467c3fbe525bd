import type { CallOptions, DomainRef, JobStats, Procedure, StreamEvent } from "../../libvirt/index.ts";
import { LibvirtClient, listFlags, procedures } from "../../libvirt/index.ts";
import { HypervisorError } from "../hypervisor.ts";
import { asHypervisorError, isNoDomain } from "./failures.ts";
import { GuestCalls, type Silent } from "./guest-calls.ts";
import type { LibvirtSettings } from "./settings.ts";
import { abortReason } from "../../../reconciler/model/thrown.ts";

/** A guest whose process hangs must not keep the others from being read for longer. */
const attachTimeoutMs = 10_000;
const connectTimeoutMs = 10_000;
const guestPatienceMs = 2_000;
/** libvirt gives up before that. */
const jobTimeoutMs = 40_000;

/**
 * The node's libvirt, as far as it can be believed. After it was restarted it takes up its domains one by one; whoever
 * asks or acts before that is misled, or ends a guest. So nothing is asked before every domain that runs has answered,
 * and before events are heard.
 */
export class Link {
  readonly #client: LibvirtClient;
  readonly #settings: LibvirtSettings;
  readonly #onEvent: (event: StreamEvent) => void;
  readonly #stopEvents: () => void;
  readonly #guests: GuestCalls;
  readonly #waiting = new Set<() => void>();
  #connected = false;
  /** Settled once for each connection. */
  #attached: Promise<void> | null = null;

  constructor(settings: LibvirtSettings, onEvent: (event: StreamEvent) => void) {
    this.#settings = settings;
    this.#onEvent = onEvent;
    this.#client = new LibvirtClient({ uri: settings.uri, clock: settings.clock });
    this.#guests = new GuestCalls(settings.clock);
    const kinds = ["lifecycle", "reboot", "balloon-change", "job-completed", "metadata-change"] as const;
    const devices = ["device-added", "device-removed", "migration-iteration"] as const;
    this.#stopEvents = this.#client.onEvent([...kinds, ...devices], (event) => this.#hear(event));
  }

  /** @throws HypervisorError; the signal's reason. */
  async call<Args, Result>(
    procedure: Procedure<Args, Result>,
    args: Args,
    options: CallOptions & { readonly signal: AbortSignal },
  ): Promise<Result> {
    await this.ready(options.signal);
    try {
      return await this.#client.call(procedure, args, options);
    } catch (error) {
      throw asHypervisorError(error);
    }
  }

  /** What is being done to the domain; soon, whatever it does. @throws HypervisorError; the signal's reason. */
  async jobOf(domain: DomainRef, signal: AbortSignal): Promise<JobStats | Silent> {
    await this.ready(signal);
    return await this.#askGuest(domain, guestPatienceMs, () => this.#statsOf(domain));
  }

  /**
   * Calls what the guest's process has to answer, and waits only briefly for it; what was asked of a guest that is silent
   * may still be done. @throws HypervisorError; the signal's reason.
   */
  async callGuest<Args extends { readonly domain: DomainRef }, Result>(
    procedure: Procedure<Args, Result>,
    args: Args,
    signal: AbortSignal,
  ): Promise<Result | Silent> {
    await this.ready(signal);
    const call = () => this.#client.call(procedure, args, { timeoutMs: null });
    return await this.#askGuest(args.domain, guestPatienceMs, call);
  }

  /** Events are heard, and all domains are attached. @throws HypervisorError `unreachable` */
  async ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#connected) await this.#untilConnected(signal);
    this.#attached ??= this.#attach().catch((error: unknown) => {
      this.#attached = null;
      throw asHypervisorError(error);
    });
    await this.#attached;
    signal.throwIfAborted();
  }

  async close(): Promise<void> {
    this.#stopEvents();
    await this.#client.close();
  }

  #hear(event: StreamEvent): void {
    if (event.kind === "connected" || event.kind === "disconnected") {
      this.#connected = event.kind === "connected";
      this.#attached = null;
      for (const wake of [...this.#waiting]) wake();
    }
    this.#onEvent(event);
  }

  async #askGuest<T>(domain: DomainRef, patienceMs: number, call: () => Promise<T>): Promise<T | Silent> {
    try {
      return await this.#guests.ask(domain, patienceMs, call);
    } catch (error) {
      throw asHypervisorError(error);
    }
  }

  #statsOf(domain: DomainRef): Promise<JobStats> {
    const args = { domain, flags: 0 };
    return this.#client.call(procedures.domainGetJobStats, args, { timeoutMs: jobTimeoutMs });
  }

  #untilConnected(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        cancel();
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", onAbort);
      };
      const fail = (error: Error) => {
        end();
        reject(error);
      };
      const wake = () => {
        if (this.#connected) {
          end();
          resolve();
        } else fail(unreachable(this.#settings.uri));
      };
      const onAbort = () => fail(abortReason(signal));
      const cancel = this.#settings.clock.timer(connectTimeoutMs, () =>
        fail(unreachable(this.#settings.uri)),
      );
      this.#waiting.add(wake);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  async #attach(): Promise<void> {
    const domains = await this.#client.call(procedures.connectListAllDomains, { flags: listFlags.active });
    await Promise.all(domains.map((domain) => this.#answers(domain)));
    this.#settings.log.info("libvirt has taken up its domains", { domains: domains.length });
  }

  /**
   * Statistics of its job are told at once of a domain that libvirt has taken up, whatever else is done with it; of a
   * copy that comes in it is said, as quickly, that there are none.
   */
  async #answers(domain: DomainRef): Promise<void> {
    try {
      const answer = await this.#guests.ask(domain, attachTimeoutMs, () => this.#statsOf(domain));
      if (answer === "silent") this.#settings.log.warn("a guest does not answer", { domain: domain.name });
    } catch (error) {
      const converted = asHypervisorError(error);
      // It has ended, or there is nothing to tell: both are answers of a domain that was taken up.
      if (isNoDomain(error)) return;
      if (converted instanceof HypervisorError && converted.code !== "unreachable") return;
      throw error;
    }
  }
}

function unreachable(uri: string): HypervisorError {
  return new HypervisorError("unreachable", `libvirt does not answer at ${uri}`);
}
