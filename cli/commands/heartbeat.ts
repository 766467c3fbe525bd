import type { Command } from "commander";
import type { ContextFactory } from "../context.ts";
import { daemonLog } from "../daemon-log.ts";
import { withExamples } from "../examples.ts";
import { machineIdsOf } from "../machine-identity.ts";
import { duration, name } from "../option-values.ts";

interface HeartbeatOptions {
  readonly node: string;
  readonly machineIdFile?: string;
  readonly bootIdFile?: string;
  readonly address?: string;
  readonly lease: number;
  readonly revokeOnStop?: true;
}

/** `keel heartbeat`: says that its node lives, and nothing else. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("heartbeat")
    .description("Say that this node lives, until ended. Runs beside the agent and is not restarted with it.")
    .requiredOption("--node <name>", "the node that this machine is", name)
    .option("--address <address>", "where other nodes reach this one")
    .option("--lease <duration>", "how long silence lasts before the node is suspect", duration, 10_000)
    .option("--revoke-on-stop", "count as gone at once when ended, for a planned shutdown of the machine")
    .option("--machine-id-file <path>", "instead of /etc/machine-id")
    .option("--boot-id-file <path>", "instead of the kernel's boot id")
    .action(async (options: HeartbeatOptions, self: Command) => {
      await using run = context(self);
      const { runHeartbeat } = await import("../../agent/heartbeat.ts");
      const log = await daemonLog(run, { part: "heartbeat", node: options.node });
      const [ids, store, cluster] = await Promise.all([machineIdsOf(options), run.store(), run.cluster()]);
      log.info("the heart begins to beat", { ...ids });
      await runHeartbeat(
        {
          node: options.node,
          cluster: cluster.name,
          store,
          clock: run.clock,
          ...ids,
          address: options.address ?? null,
          leaseMs: options.lease,
          revokeOnStop: options.revokeOnStop ?? false,
          log,
        },
        run.world.ended,
      );
    });
  withExamples(command, [
    [
      "keel heartbeat --node hv1 --store https://10.0.0.1:2379,https://10.0.0.2:2379",
      "with an etcd of two members",
    ],
  ]);
}
