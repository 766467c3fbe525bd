/** The OpenAPI document as it is checked in: of the same routes, with nothing behind them. */
import { apiRoutes } from "./api.ts";
import { apiVersion, openApiText } from "./openapi.ts";

/** The file's text: what `scripts/generate-schema.ts` writes. */
export function openApiFile(): string {
  const nowhere = (): never => {
    throw new TypeError("these routes are only described");
  };
  const reads = {
    look: nowhere,
    history: nowhere,
    problem: nowhere,
    storeBytes: nowhere,
    counts: nowhere,
    rounds: nowhere,
    follow: nowhere,
  };
  const actions = {
    edit: nowhere,
    ask: nowhere,
    makePlan: nowhere,
    plan: nowhere,
    applyPlan: nowhere,
    approve: nowhere,
    withdraw: nowhere,
    vouch: nowhere,
    overrideMaintenance: nowhere,
  };
  return openApiText(apiRoutes({ reads, actions, now: nowhere, version: "" }), apiVersion);
}
