import type { Clock } from "../../../reconciler/model/clock.ts";
import type { NodeName } from "../../../reconciler/model/names.ts";
import { HypervisorError, type MigrationJob, type MigrationTarget } from "../hypervisor.ts";
import type { Guest, Guests } from "./guests.ts";
import type { Habits } from "./habits.ts";
import type { PeerLink, Peers } from "./peers.ts";
import { Transfer } from "./transfer.ts";

export interface OutgoingOptions {
  readonly node: NodeName;
  readonly clock: Clock;
  readonly guests: Guests;
  readonly peers: Peers;
  readonly habits: Habits;
  readonly bytesPerSecond: number;
}

interface Job {
  readonly guest: Guest;
  readonly target: MigrationTarget;
  readonly link: PeerLink;
  readonly transfer: Transfer;
  readonly totalBytes: number;
  /** finishing: the target is being told; too late to abort. */
  phase: "copying" | "finishing";
}

/**
 * Migrations away from one machine: copying → finishing → ended here by migration, or back to none. The source goes on
 * running until the target has acknowledged the whole copy, and ends in the same instant.
 */
export class Outgoing {
  readonly #options: OutgoingOptions;
  /** By the domain's id. */
  readonly #jobs = new Map<string, Job>();
  readonly #beginning = new Set<string>();

  constructor(options: OutgoingOptions) {
    this.#options = options;
    options.habits.onChange(() => {
      for (const job of [...this.#jobs.values()]) this.#steer(job);
    });
  }

  jobOf(guest: Guest): MigrationJob | null {
    const job = this.#jobs.get(guest.id);
    if (job === undefined) return null;
    const remainingBytes = Math.max(0, Math.ceil(job.totalBytes - job.transfer.moved));
    return { to: job.target.node, totalBytes: job.totalBytes, remainingBytes };
  }

  async begin(guest: Guest, target: MigrationTarget): Promise<void> {
    const { node, guests, peers, clock, bytesPerSecond } = this.#options;
    if (this.#jobs.has(guest.id) || this.#beginning.has(guest.id)) {
      throw new HypervisorError("refused", `${guest.vm} is being migrated already`);
    }
    this.#beginning.add(guest.id);
    try {
      const link = await peers.connect(node, target.node);
      const { vm, uuid, live, applied } = guest;
      await receiveOrClose(link, () => link.receive({ vm, uuid, epoch: target.epoch, live, applied }));
      const transfer = new Transfer(clock, bytesPerSecond);
      const job: Job = { guest, target, link, transfer, totalBytes: live.memoryBytes, phase: "copying" };
      if (guests.find(vm)?.id !== guest.id) {
        this.#dropCopy(job);
        throw new HypervisorError("refused", `${vm} ended before its migration began`);
      }
      this.#jobs.set(guest.id, job);
      guests.emit(guest, { kind: "migrate-begin", to: target.node });
      guests.touch();
      link.onState(() => this.#steer(job));
      this.#steer(job);
    } finally {
      this.#beginning.delete(guest.id);
    }
  }

  /** No job, or one that is finishing: nothing happens. */
  abort(guest: Guest): void {
    const job = this.#jobs.get(guest.id);
    if (job?.phase === "copying") this.#giveUp(job, "aborted");
  }

  /** Called before a domain ends here otherwise than by migration. */
  guestEnds(guest: Guest): void {
    const job = this.#jobs.get(guest.id);
    if (job !== undefined) this.#giveUp(job, "failed");
  }

  /** As `guestEnds`, with nobody left to tell the target. */
  powerLost(): void {
    for (const job of [...this.#jobs.values()]) {
      this.#close(job);
      this.#options.guests.emit(job.guest, { kind: "migrate-end", to: job.target.node, result: "failed" });
    }
  }

  /** Brings the job to what the link and the guest's habit allow now; called whenever one of them may have changed. */
  #steer(job: Job): void {
    if (this.#jobs.get(job.guest.id) !== job || job.phase !== "copying") return;
    const habit = this.#options.habits.migration(job.guest.vm);
    const link = job.link.state();
    const goal = habit === "fail" ? job.totalBytes / 2 : job.totalBytes;
    if (link === "closed") {
      this.#giveUp(job, "failed");
    } else if (link === "cut" || habit === "hang") {
      job.transfer.hold();
    } else if (job.transfer.moved < goal) {
      job.transfer.flowTo(goal, () => this.#steer(job));
    } else if (habit === "fail") {
      this.#giveUp(job, "failed");
    } else {
      void this.#finish(job);
    }
  }

  async #finish(job: Job): Promise<void> {
    const { guests } = this.#options;
    const { guest, target } = job;
    job.phase = "finishing";
    try {
      await job.link.handOver(guest.vm, target.epoch);
    } catch {
      // Whatever became of the copy, the guest never stopped here.
      if (this.#jobs.get(guest.id) === job) this.#giveUp(job, "failed");
      return;
    }
    if (this.#jobs.get(guest.id) !== job) return;
    this.#close(job);
    guests.emit(guest, { kind: "migrate-end", to: target.node, result: "ok" });
    guests.end(guests.require(guest.vm), "migrated", null);
  }

  #giveUp(job: Job, result: "failed" | "aborted"): void {
    const { guests } = this.#options;
    this.#jobs.delete(job.guest.id);
    job.transfer.hold();
    guests.emit(job.guest, { kind: "migrate-end", to: job.target.node, result });
    guests.touch();
    this.#dropCopy(job);
  }

  #close(job: Job): void {
    this.#jobs.delete(job.guest.id);
    job.transfer.hold();
    job.link.close();
  }

  /** A copy that cannot be reached stays, paused, until its own agent cuts it. */
  #dropCopy({ link, guest, target }: Job): void {
    const close = () => link.close();
    link.drop(guest.vm, target.epoch).then(close, close);
  }
}

async function receiveOrClose(link: PeerLink, receive: () => Promise<void>): Promise<void> {
  try {
    await receive();
  } catch (error) {
    link.close();
    throw error;
  }
}
