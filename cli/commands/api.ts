import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Remote } from "../api/serve.ts";
import type { Context, ContextFactory } from "../context.ts";
import { daemonLog } from "../daemon-log.ts";
import { withExamples } from "../examples.ts";
import { type HostPort, hostPort } from "../option-values.ts";
import { messageOf } from "../../reconciler/model/thrown.ts";

interface ApiCommandOptions {
  readonly socket?: string;
  readonly listen?: HostPort;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly id?: string;
}

/** `keel api`: the REST API. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("api")
    .description("Serve the REST API until ended: what the command line does, for programs.")
    .option("--socket <path>", "the unix socket (default: .keel/api.sock, else /run/keel/api.sock)")
    .option("--listen <address>", "also over TLS, such as 10.0.0.11:7443, to whoever has a token", hostPort)
    .option("--tls-cert <file>", "the certificate for that, with its chain: PEM")
    .option("--tls-key <file>", "its key: PEM")
    .option("--id <name>", "how its events name it; else after its host, as all that run there")
    .action(async (options: ApiCommandOptions, self: Command) => {
      await using run = context(self);
      await serve(options, run);
    });
  withExamples(command, [
    ["keel api", "then: curl --unix-socket .keel/api.sock http://keel/api/v1/vm"],
    ["keel api --listen :7443 --tls-cert api.crt --tls-key api.key", "with tokens of `keel token create`"],
  ]);
}

async function serve(options: ApiCommandOptions, context: Context): Promise<void> {
  const { socket, id = hostname() } = options;
  const remote = await remoteOf(options, context);
  const log = await daemonLog(context, { part: "api", id });
  const { serveApi } = await import("../api/serve.ts");
  const path = socket === undefined ? null : resolve(context.world.cwd, socket);
  await serveApi(context, { id, socket: path, remote, log });
}

/** @throws KeelError `usage` where something is missing: nothing goes over a network in the clear */
async function remoteOf(
  { listen, tlsCert, tlsKey }: ApiCommandOptions,
  { world }: Context,
): Promise<Remote | null> {
  if (listen === undefined && tlsCert === undefined && tlsKey === undefined) return null;
  if (listen === undefined || tlsCert === undefined || tlsKey === undefined) {
    throw new KeelError("usage", {
      problem:
        "--listen, --tls-cert and --tls-key are needed together: over a network the API is served with TLS alone.",
    });
  }
  const [cert, key] = await Promise.all([tlsCert, tlsKey].map((file) => readPem(resolve(world.cwd, file))));
  if (cert === undefined || key === undefined) throw new TypeError("two files were read");
  return { ...listen, tls: { cert, key } };
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const why = messageOf(cause);
    const advice = "Correct the path or the rights of the file.";
    throw new KeelError("failed", { what: `Reading ${path}`, why, advice }, { cause });
  }
}
