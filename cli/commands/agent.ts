import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import { addHypervisorOptions, type HypervisorOptions, openHypervisor } from "../agent-hypervisor.ts";
import type { Context, ContextFactory } from "../context.ts";
import { daemonLog } from "../daemon-log.ts";
import { withExamples } from "../examples.ts";
import { machineIdsOf } from "../machine-identity.ts";
import { name } from "../option-values.ts";
import { rememberStore, type StateOption, stateOption } from "../remember-store.ts";
import { together } from "../together.ts";
import { programVersion } from "../version.ts";

interface AgentCommandOptions extends StateOption, HypervisorOptions {
  readonly node: string;
  readonly machineIdFile?: string;
  readonly bootIdFile?: string;
}

/** `keel agent`: carries out the steps of one node. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("agent")
    .description(
      "Carry out what the reconciler releases for this node, until ended. Guests go on without it.",
    )
    .requiredOption("--node <name>", "the node that this machine is", name)
    .option("--machine-id-file <path>", "instead of /etc/machine-id")
    .option("--boot-id-file <path>", "instead of the kernel's boot id")
    .addOption(stateOption())
    .action(async (options: AgentCommandOptions, self: Command) => {
      await using run = context(self);
      await serveNode(options, run);
    });
  addHypervisorOptions(command);
  withExamples(command, [
    ["keel agent --node hv1 --driver libvirt", "an agent of a real one"],
    ["keel agent --node hv1 --host-socket .keel/sock/hv1.sock", "an agent of a simulated node"],
  ]);
}

async function serveNode(options: AgentCommandOptions, context: Context): Promise<void> {
  const { node } = options;
  const log = await daemonLog(context, { part: "agent", node });
  const [{ runAgent }, { AgentReplacedError }] = await Promise.all([
    import("../../agent/agent.ts"),
    import("../../agent/presence.ts"),
  ]);
  const hypervisor = await openHypervisor(options, { clock: context.clock, log });
  try {
    const [{ bootId }, store, cluster] = await Promise.all([
      machineIdsOf(options),
      context.store(),
      context.cluster(),
    ]);
    const trust = await rememberStore(context, options, {
      part: `agent-${node}`,
      by: `agent of ${node}`,
      log,
    });
    log.info("serving", { driver: hypervisor.driver, bootId });
    const agent = {
      node,
      cluster: cluster.name,
      bootId,
      version: programVersion(),
      store,
      hypervisor,
      clock: context.clock,
      log,
      trust,
    };
    await together([(signal) => trust.run(signal), (signal) => runAgent(agent, signal)], context.world.ended);
  } catch (error) {
    if (!(error instanceof AgentReplacedError)) throw error;
    throw new KeelError(
      "already-running",
      { what: `A newer agent of ${node}`, where: "it took over" },
      { cause: error },
    );
  } finally {
    await hypervisor.close();
  }
}
