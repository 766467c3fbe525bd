/** What has lost its point is taken away first: failures under another intent, and requests that change nothing. */
import type { Vm } from "../model/desired.ts";
import type { Request } from "../model/journal.ts";
import { type Reason, reason } from "../model/reasons.ts";
import type { Outcome } from "./outcome.ts";
import { triesThatCount } from "./tries.ts";
import type { VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

/** null: there is nothing of the kind. */
export function decideTidying(world: World, facts: VmFacts, vm: Vm): Outcome | null {
  const idle = facts.requests.filter((request) => isIdle(request, facts, vm));
  const retry = idle.some(({ kind }) => kind === "retry");
  const tries = retry ? null : triesThatCount(world, facts, vm);
  if (idle.length === 0 && tries === facts.tries) return null;
  const { placement } = facts;
  const consumes = idle.map(({ id }) => id);
  const why = whyTidied(idle[0], retry && facts.tries !== null);
  return {
    kind: "record",
    record: { vm: facts.name, placement, tries, consumes, replaces: null, reason: why },
    next: { ...facts, tries, requests: facts.requests.filter((request) => !idle.includes(request)) },
  };
}

/** It asks for no step, now or later: kept until it expires it would act on something else than was meant. */
function isIdle({ kind }: Request, { condition, placement }: VmFacts, vm: Vm): boolean {
  switch (kind) {
    case "release":
      return placement.held === null;
    case "restart":
      return vm.state !== "running";
    case "retry":
      return vm.state !== "running" || condition.is === "running";
    case "destroy":
    case "revert":
    case "acknowledge":
    case "confirm-dead":
    case "replace":
    case "maintenance":
      return false;
  }
}

function whyTidied(idle: Request | undefined, forgets: boolean): Reason {
  if (forgets) return reason("retry-requested");
  if (idle === undefined) return reason("tries-forgotten");
  return reason("request-without-use", { by: idle.by, request: idle.kind });
}
