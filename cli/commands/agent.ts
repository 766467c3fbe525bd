import { Option, type Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Context, ContextFactory } from "../context.ts";
import { daemonLog } from "../daemon-log.ts";
import { withExamples } from "../examples.ts";
import { machineIdsOf } from "../machine-identity.ts";
import { name } from "../option-values.ts";
import { rememberStore, type StateOption, stateOption } from "../remember-store.ts";
import { together } from "../together.ts";
import { programVersion } from "../version.ts";

interface AgentCommandOptions extends StateOption {
  readonly node: string;
  readonly driver: "simulated";
  readonly hostSocket?: string;
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
    .addOption(new Option("--driver <driver>", "the hypervisor").choices(["simulated"]).default("simulated"))
    .option("--host-socket <path>", "where the simulated host listens")
    .option("--machine-id-file <path>", "instead of /etc/machine-id")
    .option("--boot-id-file <path>", "instead of the kernel's boot id")
    .addOption(stateOption())
    .action(async (options: AgentCommandOptions, self: Command) => {
      await using run = context(self);
      await serveNode(options, run);
    });
  withExamples(command, [
    ["keel agent --node hv1 --host-socket .keel/sock/hv1.sock", "an agent of a simulated node"],
  ]);
}

async function serveNode(options: AgentCommandOptions, context: Context): Promise<void> {
  const { node, hostSocket } = options;
  if (hostSocket === undefined) {
    throw new KeelError("usage", { problem: "The simulated driver needs --host-socket." });
  }
  const log = await daemonLog(context, { part: "agent", node });
  const [{ runAgent }, { AgentReplacedError }] = await Promise.all([
    import("../../agent/agent.ts"),
    import("../../agent/presence.ts"),
  ]);
  const { connectSimulated } = await import("../../agent/hypervisor/simulated/process/client.ts");
  const [{ bootId }, store, cluster] = await Promise.all([
    machineIdsOf(options),
    context.store(),
    context.cluster(),
  ]);
  const trust = await rememberStore(context, options, { part: `agent-${node}`, by: `agent of ${node}`, log });
  const hypervisor = connectSimulated(hostSocket, context.clock);
  log.info("serving", { driver: hypervisor.driver, bootId });
  try {
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
