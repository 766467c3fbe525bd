import type { Desired } from "../model/desired.ts";
import type { ObjectId } from "../model/names.ts";
import type { Issue } from "./issues/issue.ts";
import type { AnyDocument } from "./schema/documents.ts";

/** One revision of the desired state, whole and legal; or why there is none. */
export type LoadResult = Loaded | NotLoaded;

export interface Loaded {
  readonly ok: true;
  readonly desired: Desired;
  /**
   * Every document as it was written, sorted by id; files that one names (`domain.xml`) are put in its place. This is
   * what gets stored: with the host's name it resolves to the same desired state, without the folder.
   */
  readonly documents: ReadonlyMap<ObjectId, AnyDocument>;
  readonly warnings: readonly Issue[];
  /** SHA-256 over the documents, in hex. Comments, layout and order do not count. */
  readonly digest: string;
}

export interface NotLoaded {
  readonly ok: false;
  /** unreadable: something could not be read, so nothing is known. invalid: it was read, and is wrong. */
  readonly reason: "invalid" | "unreadable";
  /** Errors and warnings, sorted by place. */
  readonly issues: readonly Issue[];
}
