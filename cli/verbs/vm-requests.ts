/** `keel vm restart|release|retry`: one-time acts that edit nothing. */
import { planOf } from "../../reconciler/control/report/cluster-report.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { VmName } from "../../reconciler/model/names.ts";
import type { Context } from "../context.ts";
import { refuseIfFrozen } from "../frozen.ts";
import type { Goal, Look } from "../follow/goal.ts";
import { askFor } from "./ask-for.ts";
import { runOf, vmIsRestarted } from "./goals.ts";
import { namesMeant } from "./subjects.ts";
import type { VerbOptions } from "./verb.ts";
import { takesRetry, isHeld, vmIsAsWanted } from "./vm-state.ts";

export type VmRequest = "restart" | "release" | "retry";

/** @throws KeelError `not-found`, `refused`, `store-frozen`, and what following throws */
export async function requestForVms(
  context: Context,
  kind: VmRequest,
  written: readonly string[],
  options: Pick<VerbOptions, "wait" | "timeout">,
): Promise<void> {
  const { wait, timeout = null } = options;
  context.format(["table"]);
  const { state } = await context.feed();
  refuseIfFrozen(state);
  const now = context.clock.now();
  const look = { state, plan: planOf(state, now), now };
  const names = namesMeant(written, "VM", new Set(state.desired.vms.keys()));
  for (const name of names) refuseIdle(look, kind, name);
  await askFor(
    context,
    names.map((vm) => ({ kind, vm })),
    {
      follow: wait !== false,
      timeoutMs: timeout,
      goals: names.flatMap((name) => goalOf(look, kind, name) ?? []),
      insists: wait === true,
    },
  );
}

function goalOf(look: Look, kind: VmRequest, name: VmName): Goal | null {
  if (kind === "restart") return vmIsRestarted(name, runOf(look, name));
  return vmIsAsWanted(name, look.state.desired.vms.get(name)?.state ?? "running");
}

/** A request that nothing would come of is not left lying about. @throws KeelError `refused` */
function refuseIdle(look: Look, kind: VmRequest, name: VmName): void {
  const refuse = (doing: string, why: string, advice: string): never => {
    throw new KeelError("refused", { what: `${doing} vm/${name}`, why, advice });
  };
  const wanted = look.state.desired.vms.get(name)?.state;
  const isTriedAnyway = kind === "retry" && takesRetry(look, name);
  if (wanted !== "running" && !isTriedAnyway) {
    refuse(
      doings[kind],
      `\`state: ${String(wanted)}\` is what the files want`,
      `\`keel vm start ${name}\` starts it.`,
    );
  }
  if (kind === "release" && !isHeld(look, name)) {
    refuse(doings[kind], "it is not held", `\`keel why vm/${name}\` says how it is.`);
  }
  if (kind === "retry" && !isTriedAnyway) {
    refuse(doings[kind], "nothing of it failed", `\`keel why vm/${name}\` says how it is.`);
  }
}

const doings: Readonly<Record<VmRequest, string>> = {
  restart: "Restarting",
  release: "Releasing",
  retry: "Trying again with",
};
