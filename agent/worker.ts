import type { Clock } from "../reconciler/model/clock.ts";
import type { StepRecord } from "../reconciler/model/journal.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { Placement } from "../reconciler/model/placement.ts";
import { describeStep, type Progress, type Step } from "../reconciler/model/step.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import { Wakeup } from "../reconciler/runtime/wakeup.ts";
import type { Compare, Revision } from "../reconciler/store/store.ts";
import { comparesOf, placementAllows } from "./claim.ts";
import { type Hypervisor, HypervisorError, type Reading } from "./hypervisor/hypervisor.ts";
import type { Entry } from "./key-view.ts";
import { OtherNode } from "./other-node.ts";
import { ProgressKey } from "./progress-key.ts";
import { Reports } from "./reports.ts";
import { backoffMs, untilStored } from "./retry.ts";
import type { Life } from "./standing.ts";
import { cancelled, failed, type HandOverContext, type Outcome } from "./steps/context.ts";
import { perform } from "./steps/perform.ts";
import type { Workshop } from "./workshop.ts";

/** A step that is ours to carry out. */
export interface ClaimedStep {
  readonly entry: Entry<StepRecord>;
  /** Epoch milliseconds. */
  readonly claimedAt: number;
  /** By the monotonic clock of the node. */
  readonly claimedUptimeMs: number;
  /** null: the agent that claimed it did not tell. */
  readonly claimedBootId: string | null;
  /** The last that an earlier agent told; null: it was claimed just now. */
  readonly told: Progress | null;
  readonly progressRevision: Revision;
  /** At which it was claimed. */
  readonly claimRevision: Revision;
}

/** A permission to act is of the moment: sooner than anybody looks after a silent node and vouches for its death. */
const permitGoodForMs = 5_000;

/** Carries out one claimed step, from wherever it was left, until its end is in the store. */
export class Worker implements HandOverContext {
  readonly step: Step;
  readonly node: NodeName;
  readonly hypervisor: Hypervisor;
  readonly clock: Clock;
  readonly log: Log;
  readonly claimedUptimeMs: number;
  readonly begun: boolean;
  readonly #shop: Workshop;
  readonly #wakeup: Wakeup;
  readonly #progress: ProgressKey;
  readonly #reports: Reports;
  readonly #over = new AbortController();
  readonly #claimedAt: number;
  readonly #claimRevision: Revision;
  readonly #claimedBootId: string | null;
  readonly #signal: AbortSignal;
  readonly #other: OtherNode | null;
  #entry: Entry<StepRecord>;
  #mark = 0;
  #percent: number | null = null;
  #detail: string | null = null;

  constructor(claimed: ClaimedStep, shop: Workshop, signal: AbortSignal) {
    const { entry, told } = claimed;
    const { store, keys, node, clock, log, standing, reportEveryMs } = shop;
    this.step = entry.value.step;
    this.node = node;
    this.hypervisor = shop.hypervisor;
    this.clock = clock;
    this.log = log;
    this.#claimedAt = claimed.claimedAt;
    this.claimedUptimeMs = claimed.claimedUptimeMs;
    this.#claimedBootId = claimed.claimedBootId;
    this.begun = told?.phase === "running" && told.percent !== null;
    this.#shop = shop;
    this.#entry = entry;
    this.#claimRevision = claimed.claimRevision;
    this.#wakeup = new Wakeup(clock);
    this.#signal = AbortSignal.any([signal, this.#over.signal]);
    this.#progress = new ProgressKey(
      {
        store,
        key: keys.progress(node, this.step.id),
        stepKey: entry.key,
        stepCreated: entry.createRevision,
        presence: () => standing.presence(),
      },
      claimed.progressRevision,
    );
    this.#reports = new Reports({ key: this.#progress, clock, log, everyMs: reportEveryMs }, this.#signal);
    this.#other = this.#findOther();
  }

  /** Look again: something changed that may matter to the step. */
  ring(): void {
    this.#wakeup.ring();
  }

  /** The step's record as the leader wrote it last. */
  refresh(entry: Entry<StepRecord>): void {
    if (entry.modRevision === this.#entry.modRevision) return;
    this.#entry = entry;
    this.#wakeup.ring();
  }

  /** The step is gone from the store. It gives no right to anything any more, and nobody waits for its end. */
  withdraw(): void {
    this.#over.abort(new Error("the step was withdrawn"));
  }

  /** Rejects only when the agent is aborted. */
  async run(agent: AbortSignal): Promise<void> {
    const { log, clock, publisher } = this.#shop;
    const what = describeStep(this.step);
    try {
      const outcome = await this.#perform();
      log.info("a step ended", { what, ...outcome });
      // First what is there now, then that the step ended: a leader that reads the second has read the first.
      await untilStored(() => publisher.flush(), { clock, log, what: "records" }, this.#signal);
      await this.#reports.end({ ...outcome, at: clock.now() }, this.#signal);
    } catch (error) {
      if (agent.aborted || !this.#over.signal.aborted) throw error;
      log.warn("a step was withdrawn while it was under way", { what });
    } finally {
      this.#over.abort();
    }
  }

  cancelled(): boolean {
    return this.#entry.value.cancel;
  }

  async look(signal: AbortSignal): Promise<Reading> {
    for (let failures = 1; ; failures += 1) {
      signal.throwIfAborted();
      this.#mark = this.#wakeup.mark;
      try {
        return (await this.#shop.lookout.fresh()).reading;
      } catch (error) {
        if (!(error instanceof HypervisorError)) throw error;
        this.report(this.#percent, `the hypervisor does not answer: ${error.message}`);
      }
      await this.clock.sleep(backoffMs(failures), signal);
    }
  }

  changed(ms: number, signal: AbortSignal): Promise<void> {
    return this.#wakeup.wait(this.#mark, Math.max(0, ms), signal);
  }

  report(percent: number | null, detail: string): void {
    this.#percent = percent;
    this.#detail = detail;
    this.#reports.tell(this.#running());
  }

  willEnd(domainId: string): void {
    this.#shop.willEnd(domainId);
  }

  /**
   * What this protects from: an agent that was frozen between its claim and its act wakes up, and its node has lost its
   * lease or was booted anew, its step was cancelled or withdrawn, or a newer agent has taken over. It does not protect
   * from being frozen between this answer and the hypervisor's call; nothing can that is not the hypervisor itself.
   * That is why a claimed step counts as a running VM until its end is told or the node is proven dead: nobody starts
   * it elsewhere meanwhile.
   */
  async permit(session: "same" | "any", signal: AbortSignal): Promise<Outcome | null> {
    const { clock, log } = this.#shop;
    for (;;) {
      const mark = this.#wakeup.mark;
      const verdict = this.#judgePermit(session);
      if (verdict === "wait") {
        await this.#wakeup.wait(mark, null, signal);
        continue;
      }
      if (!("life" in verdict)) return verdict;
      const { life, believed } = verdict;
      const compare = [...this.#pins(), this.#shop.standing.alive(life), believed];
      const { trust } = this.#shop;
      const highest = trust.highest();
      const askedAt = clock.monotonic();
      const put = () => this.#progress.put(this.#running(), compare);
      const result = await untilStored(put, { clock, log, what: "the beginning of a step" }, signal);
      if (result === "written" && trust.confirm(highest, this.#progress.revision)) {
        if (clock.monotonic() - askedAt <= permitGoodForMs) return null;
        // This process was stopped, or its answer was: by now the VM may be somebody else's.
        continue;
      }
      if (result === "withdrawn") return failed("precondition", "the step was withdrawn");
      // What is known here is behind the store; it will have caught up in a moment.
      await this.#wakeup.wait(mark, backoffMs(1), signal);
    }
  }

  other(): Progress | null {
    return this.#other?.progress() ?? null;
  }

  async otherMayAnswer(signal: AbortSignal): Promise<boolean> {
    return (await this.#other?.mayAnswer(signal)) ?? false;
  }

  async otherAddress(signal: AbortSignal): Promise<string | null> {
    return (await this.#other?.address(signal)) ?? null;
  }

  /** Following the other node ends by itself only where it fails. */
  async #perform(): Promise<Outcome> {
    const outcome = perform(this.step, this, this.#signal);
    if (this.#other === null) return outcome;
    return Promise.race([outcome, this.#other.run(this.#signal).then(() => outcome)]);
  }

  #judgePermit(
    session: "same" | "any",
  ): Outcome | "wait" | { readonly life: Life; readonly believed: Compare } {
    const { standing, trust, node } = this.#shop;
    const believed = trust.guard();
    // Of a store that was set back nothing is known, not even that the step is over.
    if (believed === null) return "wait";
    if (session === "same" && this.cancelled()) return cancelled;
    if (!placementAllows(this.step, this.#placement()?.value ?? null, node)) {
      return failed("precondition", "its placement has changed since it was claimed");
    }
    const life = standing.life();
    if (session === "same" && (life === null || life.since > this.#claimRevision)) {
      return failed("precondition", "the node's lease was lost after the claim");
    }
    return life === null ? "wait" : { life, believed };
  }

  #pins() {
    return comparesOf(this.#entry, this.#shop.keys.placement(this.step.vm), this.#placement());
  }

  #placement(): Entry<Placement> | null {
    return this.#shop.placements.get(this.#shop.keys.placement(this.step.vm));
  }

  #running(): Progress {
    const boot = this.#claimedBootId === null ? {} : { claimedBootId: this.#claimedBootId };
    const claim = { since: this.#claimedAt, claimedUptimeMs: this.claimedUptimeMs, ...boot };
    return { phase: "running", at: this.clock.now(), ...claim, percent: this.#percent, detail: this.#detail };
  }

  #findOther(): OtherNode | null {
    const { step } = this;
    if (step.kind !== "migrate") return null;
    const node = this.node === step.node ? step.to : step.node;
    return new OtherNode(node, step, this.#shop, () => this.ring());
  }
}
