import type { Step } from "../../reconciler/model/step.ts";
import type { HandOverContext, Outcome } from "./context.ts";
import { adopt } from "./adopt.ts";
import { destroy } from "./destroy.ts";
import { migrateReceive } from "./migrate-receive.ts";
import { migrateSend } from "./migrate-send.ts";
import { rename } from "./rename.ts";
import { restart } from "./restart.ts";
import { start } from "./start.ts";
import { stop } from "./stop.ts";
import { update } from "./update.ts";

/** Carries out this node's part of a claimed step and returns how it ended; rejects only when aborted. */
export function perform(step: Step, context: HandOverContext, signal: AbortSignal): Promise<Outcome> {
  switch (step.kind) {
    case "start":
      return start(step, context, signal);
    case "stop":
      return stop(step, context, signal);
    case "restart":
      return restart(step, context, signal);
    case "update":
      return update(step, context, signal);
    case "migrate":
      return context.node === step.node
        ? migrateSend(step, context, signal)
        : migrateReceive(step, context, signal);
    case "destroy":
      return destroy(step, context, signal);
    case "adopt":
      return adopt(step, context, signal);
    case "rename":
      return rename(step, context, signal);
  }
}
