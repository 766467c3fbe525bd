import type { Issue } from "../issues/issue.ts";

/** Why an edit was not made. Nothing was written, or what was written was taken back. */
export interface EditRefusal {
  readonly reason:
    /** The folder is not legal as it is, or would not be after the edit: see the issues. */
    | "invalid"
    /** What would change is shared by an anchor: only a human can say what is meant for the others. */
    | "alias"
    /** The text is laid out in a way that this edit can not follow. */
    | "layout"
    /** Somebody else changed the file in the meantime. */
    | "changed"
    /** A new file's name is that of another file. */
    | "taken"
    | "read-only"
    /** Its first lines say that a program writes it. */
    | "generated"
    /** The file is not inside the folder. */
    | "outside"
    /** The system said no while writing. */
    | "write-failed";
  readonly message: string;
  readonly advice: string;
  readonly issues: readonly Issue[];
}

export function refusal(reason: EditRefusal["reason"], message: string, advice: string): EditRefusal {
  return { reason, message, advice, issues: [] };
}
