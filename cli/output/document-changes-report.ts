import { countChanges, type DocumentChange, fieldsOf } from "../../reconciler/control/document-changes.ts";
import type { ChangeCounts, Head } from "../../reconciler/control/desired-objects.ts";
import type { FieldChange } from "../../reconciler/control/report/field-changes.ts";
import type { SourcePosition } from "../../reconciler/model/desired.ts";
import type { ObjectId } from "../../reconciler/model/names.ts";
import { generationItem, type GenerationItem } from "../listings/generations.ts";

/** What `keel diff -o json` answers. */
export interface DifferenceReport {
  readonly from: GenerationItem;
  readonly to: GenerationItem;
  readonly changes: readonly {
    readonly object: ObjectId;
    readonly word: DocumentChange["word"];
    readonly fields: readonly FieldChange[];
    /** Where it stands in the files of `to`; of one that was removed, where it stood. */
    readonly source: SourcePosition;
  }[];
  readonly summary: ChangeCounts;
}

export function differenceReport(from: Head, to: Head, changes: readonly DocumentChange[]): DifferenceReport {
  return {
    from: generationItem(from),
    to: generationItem(to),
    changes: changes.map((change) => ({
      object: change.id,
      word: change.word,
      fields: fieldsOf(change),
      source: (change.word === "removed" ? change.before : change.after).source,
    })),
    summary: countChanges(changes),
  };
}
