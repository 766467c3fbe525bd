/** Every shape that has a name in the OpenAPI document. Those of documents are the ones that files are checked by. */
import type { TSchema } from "typebox";
import { schemas } from "../../desired/schema/documents.ts";
import { problemShapes } from "./problem.ts";
import { changeShapes, clusterShapes, happenings, objects, planShapes } from "./reports.ts";

export const components: Readonly<Record<string, TSchema>> = {
  ...objects,
  ...happenings,
  ...clusterShapes,
  ...planShapes,
  ...changeShapes,
  ...problemShapes,
  VmDocument: schemas.VM,
};
