import { machineIdFiles, type MachineIds, readMachineIds } from "../agent/machine-ids.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import { messageOf } from "../reconciler/model/thrown.ts";

/** Files that stand for a simulated machine's; left out: this machine's own. */
export interface IdentityOptions {
  readonly machineIdFile?: string;
  readonly bootIdFile?: string;
}

/** A machine with its own machine id file has no mainboard to tell its UUID. @throws KeelError `failed` */
export async function machineIdsOf({ machineIdFile, bootIdFile }: IdentityOptions): Promise<MachineIds> {
  try {
    return await readMachineIds({
      machineId: machineIdFile ?? machineIdFiles.machineId,
      systemUuid: machineIdFile === undefined ? machineIdFiles.systemUuid : `${machineIdFile}.system-uuid`,
      bootId: bootIdFile ?? machineIdFiles.bootId,
    });
  } catch (cause) {
    const why = messageOf(cause);
    const advice = "Without it this node could be taken for another, or for one that was never restarted.";
    throw new KeelError("failed", { what: "telling which machine this is", why, advice }, { cause });
  }
}
