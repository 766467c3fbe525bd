/** What an imperative command comes to: an edit of the files, and what is so once it is applied. */
import type { Wish } from "../../reconciler/control/requests.ts";
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { MergePatch } from "../../reconciler/desired/edit/merge-patch.ts";
import type { Loaded } from "../../reconciler/desired/load-result.ts";
import type { ObjectId } from "../../reconciler/model/names.ts";
import type { Goal, Look } from "../follow/goal.ts";

export interface ObjectEdit {
  readonly id: ObjectId;
  /** Empty where the document says it already; null: it is removed. */
  readonly patch: MergePatch | null;
  /** The fields that it is about, also where they say it already; null: the whole document. */
  readonly fields: readonly string[] | null;
  /** Under which name the object goes on, where it gets another one. */
  readonly becomes?: ObjectId;
}

/** New documents, as somebody wrote them. */
export interface NewFiles {
  /** By their names in the folder, in the order in which they are written. */
  readonly texts: ReadonlyMap<string, string>;
  readonly ids: readonly ObjectId[];
}

/** The folder as it is now, and the cluster; null: there is no store, and none is asked. */
export interface Ground {
  readonly folder: Loaded;
  readonly state: ClusterState | null;
}

export interface Intent {
  readonly edits: readonly ObjectEdit[];
  readonly goals: readonly Goal[];
  readonly newFiles?: NewFiles;
  /** What is to be known of it before it is agreed to: a sentence each. */
  readonly remarks?: readonly string[];
  /** Where the edit would change nothing: what is asked for instead. */
  readonly wishes?: (look: Look) => readonly Wish[];
}

export interface Verb {
  /** `Flushing node/hv1`: what is refused, where it is. */
  readonly what: string;
  /** Made anew for each try: from the files as they are by then. @throws KeelError `not-found`, `refused` */
  intend(ground: Ground): Intent;
}

export interface VerbOptions {
  readonly yes?: true;
  /** false: `--no-apply`. */
  readonly apply: boolean;
  /** true: `--wait`. false: `--no-wait`. */
  readonly wait?: boolean;
  readonly timeout?: number;
}
