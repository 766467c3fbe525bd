import type { TSchema } from "typebox";
import { listOf, shape, text, whole } from "./shapes.ts";

export const problemShapes: Readonly<Record<string, TSchema>> = {
  Problem: shape("What went wrong (RFC 9457), from the catalogue in docs/errors.md.", {
    type: text("A link to the code's entry in the catalogue."),
    title: text("The code in words."),
    status: whole("The HTTP status."),
    code: text("Permanent."),
    detail: text("What happened."),
    advice: text("What to do."),
    details: listOf(text(), "More lines about it, such as each thing that is wrong in a document."),
  }),
};
