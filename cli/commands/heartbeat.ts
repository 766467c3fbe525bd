import { hostname, networkInterfaces } from "node:os";
import { type Command, Option } from "commander";
import type { ContextFactory } from "../context.ts";
import { daemonLog } from "../daemon-log.ts";
import { withExamples } from "../examples.ts";
import { machineIdsOf } from "../machine-identity.ts";
import { duration, type HostPort, hostPort, name } from "../option-values.ts";
import { defaultRunDir } from "../run-dir.ts";

interface HeartbeatOptions {
  readonly node: string;
  readonly machineIdFile?: string;
  readonly bootIdFile?: string;
  readonly address?: string;
  readonly answerAt: HostPort;
  readonly lease?: number;
  readonly revokeOnStop?: true;
  readonly runDir: string;
}

/** On every address; the same on each node, so that a firewall can let it through. */
const anyHost: HostPort = { host: null, port: 7410 };

/** `keel heartbeat`: says that its node lives, and nothing else. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("heartbeat")
    .description("Say that this node lives, until ended. Runs beside the agent and is not restarted with it.")
    .requiredOption("--node <name>", "the node that this machine is", name)
    .option("--address <address>", "where other nodes reach this one")
    .option("--answer-at <host:port>", "where it answers a leader that misses it", hostPort, anyHost)
    .addOption(
      new Option(
        "--lease <duration>",
        "how long silence lasts before the node is suspect, instead of the cluster's `fencing.lease`",
      ).argParser(duration),
    )
    .option("--revoke-on-stop", "count as gone at once when ended, for a planned shutdown of the machine")
    .option("--run-dir <folder>", "where it keeps its answer key until the next boot", defaultRunDir)
    .option("--machine-id-file <path>", "instead of /etc/machine-id")
    .option("--boot-id-file <path>", "instead of the kernel's boot id")
    .action(async (options: HeartbeatOptions, self: Command) => {
      await using run = context(self);
      const [{ runHeartbeat }, { openDirectAnswers }] = await Promise.all([
        import("../../agent/heartbeat.ts"),
        import("../../agent/direct-answers.ts"),
      ]);
      const log = await daemonLog(run, { part: "heartbeat", node: options.node });
      const [ids, store, cluster] = await Promise.all([machineIdsOf(options), run.store(), run.cluster()]);
      log.info("the heart begins to beat", { ...ids });
      const { node, answerAt, address = answerAt.host, runDir: folder } = options;
      const { random } = run;
      const answerer = await openDirectAnswers({ ...ids, node, answerAt, address, folder, random, log });
      await runHeartbeat(
        {
          node,
          cluster: cluster.name,
          store,
          clock: run.clock,
          ...ids,
          address: options.address ?? null,
          ...(answerer === null ? {} : { answersAt: answerer.place }),
          addresses: networkNames(),
          ...(options.lease === undefined ? {} : { leaseMs: options.lease }),
          revokeOnStop: options.revokeOnStop ?? false,
          log,
        },
        run.world.ended,
      );
      answerer?.close();
    });
  withExamples(command, [
    [
      "keel heartbeat --node hv1 --store https://10.0.0.1:2379,https://10.0.0.2:2379",
      "with an etcd of two members",
    ],
  ]);
}

/** By what others may know this machine. */
function networkNames(): readonly string[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const addresses = interfaces.filter(({ internal }) => !internal).map(({ address }) => address);
  return [...new Set([hostname(), ...addresses])];
}
