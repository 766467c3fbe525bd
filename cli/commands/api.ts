import { resolve } from "node:path";
import type { Command } from "commander";
import type { Context, ContextFactory } from "../context.ts";
import { daemonLog } from "../daemon-log.ts";
import { withExamples } from "../examples.ts";

interface ApiCommandOptions {
  readonly socket?: string;
}

/** `keel api`: the REST API. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("api")
    .description("Serve the REST API until ended: what the command line does, for programs.")
    .option("--socket <path>", "the unix socket (default: .keel/api.sock, else /run/keel/api.sock)")
    .action(async (options: ApiCommandOptions, self: Command) => {
      await using run = context(self);
      await serve(options, run);
    });
  withExamples(command, [["keel api", "then: curl --unix-socket .keel/api.sock http://keel/api/v1/vm"]]);
}

async function serve({ socket }: ApiCommandOptions, context: Context): Promise<void> {
  const log = await daemonLog(context, { part: "api" });
  const { serveApi } = await import("../api/serve.ts");
  await serveApi(context, {
    socket: socket === undefined ? null : resolve(context.world.cwd, socket),
    log,
  });
}
