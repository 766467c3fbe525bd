/**
 * A verb, from its words to the cluster: the edit is shown with its plan, agreed to, made in the files, put into force
 * and followed, as if somebody had edited the files and typed `keel apply`. What else waits in the folder goes on
 * waiting. Where the files and the cluster say it already, the verb asks for what is left: a release, another try.
 */
import { realpath } from "node:fs/promises";
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { planOf } from "../../reconciler/control/report/cluster-report.ts";
import { writeChanges } from "../../reconciler/desired/edit/write-changes.ts";
import { takeTurn, type Turn } from "../../reconciler/desired/edit/take-turn.ts";
import type { FolderReader } from "../../reconciler/desired/load/folder-reader.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { followToRest, type FollowedOptions } from "../carry-out.ts";
import type { Context } from "../context.ts";
import { readerOf } from "../folder.ts";
import { newestEvent } from "../follow/step-tracker.ts";
import { firstFew } from "../output/first-few.ts";
import { shownId } from "../output/object-names.ts";
import { print } from "../output/paint.ts";
import { putIntoForce } from "../put-into-force.ts";
import { diffLines, editRefused } from "./hand-patch.ts";
import { type PlannedVerb, planVerb, proposeVerb, type VerbProposal } from "./propose-edits.ts";
import { askFor } from "./ask-for.ts";
import type { Intent, Verb, VerbOptions } from "./verb.ts";

export interface RunVerbOptions extends VerbOptions {
  /** `--allow-orphan=N`. */
  readonly allowOrphan?: number;
  /** Told what is about to be done, at each try; where it throws, nothing of that is. */
  readonly onProposed?: (planned: PlannedVerb, proposed: VerbProposal) => void;
}

/** Others edit and apply at the same time; whoever meets so many of them has somebody's loop against him. */
const attemptsMax = 100;

/** @throws KeelError `refused`, `not-found`, `not-confirmed`, `apply-conflict`, and what an apply throws */
export async function runVerb(context: Context, verb: Verb, options: RunVerbOptions): Promise<void> {
  context.format(["table"]);
  const reader = readerOf(context);
  for (let attempt = 1; ; attempt++) {
    // Whoever meets others that edit at the same time goes on when it is his turn.
    const turn =
      attempt > 1 && options.yes === true ? await takeTurn(await realpath(context.directory)) : null;
    const run = new VerbRun({ context, verb, options, reader, turn });
    try {
      await (options.apply ? run.apply() : run.editOnly());
      return;
    } catch (error) {
      run.sayWhatIsEdited(error);
      if (attempt === attemptsMax || !run.mayGoOn(error)) throw error;
      context.err("Somebody else edited or applied meanwhile; once more, from what is there now.");
      await run.catchUp();
    } finally {
      turn?.free();
    }
  }
}

interface VerbRunOptions {
  readonly context: Context;
  readonly verb: Verb;
  readonly options: RunVerbOptions;
  readonly reader: FolderReader;
  /** null: it takes one when it writes. */
  readonly turn: Turn | null;
}

/** One try. */
class VerbRun {
  readonly #context: Context;
  readonly #verb: Verb;
  readonly #options: RunVerbOptions;
  readonly #reader: FolderReader;
  readonly #turn: Turn | null;
  #edited = false;

  constructor({ context, verb, options, reader, turn }: VerbRunOptions) {
    this.#context = context;
    this.#verb = verb;
    this.#options = options;
    this.#reader = reader;
    this.#turn = turn;
  }

  /** `--no-apply`. */
  async editOnly(): Promise<void> {
    const { yes } = this.#options;
    const planned = await planVerb(this.#context, this.#reader, this.#verb, null);
    if (planned.changes.length === 0) {
      this.#context.out("The files say that already.");
    } else {
      this.#showDiff(planned);
      if (yes !== true) await this.#context.confirm("\nMake this edit? Only 'yes' will be accepted: ");
      await this.#write(planned);
    }
    this.#context.out("Next: keel apply");
  }

  async apply(): Promise<void> {
    const context = this.#context;
    const feed = await context.feed();
    const planned = await planVerb(context, this.#reader, this.#verb, feed);
    const { allowOrphan = null, onProposed } = this.#options;
    const proposed = await proposeVerb(context, this.#verb, feed, planned, { allowOrphan });
    onProposed?.(planned, proposed);
    if (planned.changes.length > 0) this.#showDiff(planned);
    if (!proposed.proposal.changesIntent) {
      await this.#isInForce(feed, planned);
      return;
    }
    if (planned.changes.length > 0) context.out("");
    await putIntoForce(context, proposed, {
      ...this.#followed(planned.intent),
      yes: this.#options.yes === true,
      // Nothing is: what is in force stays, but for the edit.
      undo: false,
      saved: null,
      note: null,
      keepsBase: proposed.keepsBase,
      onAgreed: async () => {
        await this.#write(planned);
        this.#tellWaiting(proposed);
      },
    });
  }

  /** Somebody edited a file, or applied, between the look and the deed; nobody was asked about that. */
  mayGoOn(error: unknown): boolean {
    if (!(error instanceof KeelError)) return false;
    return error.code === "apply-conflict" || (error.code === "edit-conflict" && this.#options.yes === true);
  }

  /** Sees at least what it met. */
  async catchUp(): Promise<void> {
    if (!this.#options.apply) return;
    const [store, { keys }, feed] = await Promise.all([
      this.#context.store(),
      this.#context.cluster(),
      this.#context.feed(),
    ]);
    const head = await store.get(keys.head);
    await feed.reached(head?.modRevision ?? 0, this.#context.signal);
  }

  /** A command that fails after the edit has to say that it is made. */
  sayWhatIsEdited(error: unknown): void {
    const isFollowing =
      error instanceof KeelError && !["not-confirmed", "apply-conflict"].includes(error.code);
    if (!this.#edited || isFollowing) return;
    this.#context.err("The edit is in the files; `keel apply` puts it into force, where it is not yet.");
  }

  /** The cluster is meant to be so already: what is left is to ask for it once more, or to wait. */
  async #isInForce(feed: ClusterFeed, planned: PlannedVerb): Promise<void> {
    const context = this.#context;
    if (planned.changes.length > 0 && this.#options.yes !== true)
      await context.confirm("\nMake this edit? It is in force already. Only 'yes' will be accepted: ");
    await this.#write(planned);
    const { state } = feed;
    const now = context.clock.now();
    const wishes = planned.intent.wishes?.({ state, plan: planOf(state, now), now }) ?? [];
    const followed = this.#followed(planned.intent);
    if (wishes.length > 0) {
      await askFor(context, wishes, followed);
      return;
    }
    const generation = state.applied.head?.generation ?? 0;
    context.out(`The files say that already, and it is in force (generation ${generation}).`);
    if (!followed.follow) return;
    await followToRest(context, { feed, generation, afterEvent: newestEvent(state) }, followed, "Done");
  }

  #followed({ goals }: Intent): FollowedOptions {
    const { wait, timeout = null } = this.#options;
    return { follow: wait !== false, timeoutMs: timeout, goals, insists: wait === true };
  }

  #showDiff({ changes, intent }: PlannedVerb): void {
    print(this.#context, diffLines(changes, this.#context.directoryName));
    for (const remark of intent.remarks ?? []) this.#context.out(remark);
  }

  /** @throws KeelError `edit-conflict` where somebody was quicker; `refused` */
  async #write({ changes, intent }: PlannedVerb): Promise<void> {
    if (changes.length === 0) {
      this.#turn?.free();
      return;
    }
    const { directory } = this.#context;
    const problem = await writeChanges(directory, changes, this.#turn);
    this.#turn?.free();
    this.#edited = problem === undefined;
    if (problem === undefined) return;
    throw editRefused(this.#context, this.#verb.what, problem, { edits: intent.edits, changes });
  }

  #tellWaiting({ waiting }: VerbProposal): void {
    if (waiting.length === 0) return;
    const { directoryName, out } = this.#context;
    out(
      `Other edits in ${directoryName} go on waiting for \`keel apply\`: ${firstFew(waiting.map(shownId))}.`,
    );
  }
}
