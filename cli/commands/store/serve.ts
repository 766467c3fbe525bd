import { resolve } from "node:path";
import type { Command } from "commander";
import { KeelError } from "../../../reconciler/model/errors.ts";
import type { EmbeddedNotice } from "../../../reconciler/store/embedded/server.ts";
import type { Context, ContextFactory } from "../../context.ts";
import { daemonLog } from "../../daemon-log.ts";
import { untilAborted } from "../../until-aborted.ts";
import { withExamples } from "../../examples.ts";
import { messageOf } from "../../../reconciler/model/thrown.ts";

interface ServeOptions {
  readonly directory: string;
  readonly socket: string;
}

/** `keel store serve`: the embedded store of a single machine. */
export function register(store: Command, context: ContextFactory): void {
  const serve = store
    .command("serve")
    .description("Serve the embedded store on a unix socket, until ended.")
    .requiredOption("--directory <folder>", "where it keeps its files")
    .requiredOption("--socket <path>", "the socket that clients connect to")
    .action(async (options: ServeOptions, command: Command) => {
      await using run = context(command);
      await serveStore(options, run);
    });
  withExamples(serve, [
    [
      "keel store serve --directory /var/lib/keel/store --socket /run/keel/store.sock",
      "then: keel --store unix:/run/keel/store.sock …",
    ],
  ]);
}

async function serveStore(options: ServeOptions, context: Context): Promise<void> {
  const { clock, random, world } = context;
  const log = await daemonLog(context, { part: "store" });
  const failed = new AbortController();
  const { startEmbeddedServer } = await import("../../../reconciler/store/embedded/server.ts");
  const server = await startEmbeddedServer({
    directory: resolve(world.cwd, options.directory),
    socketPath: resolve(world.cwd, options.socket),
    clock,
    randomBytes: random,
    report: (notice) => {
      tell(notice);
    },
  }).catch((cause: unknown) => {
    const why = messageOf(cause);
    throw new KeelError(
      "failed",
      { what: "serving the store", why, advice: "Nothing was changed." },
      { cause },
    );
  });
  try {
    log.info("serving", { endpoint: server.endpoint, storeId: server.storeId });
    world.tellParent({ kind: "ready" });
    await untilAborted(AbortSignal.any([world.ended, failed.signal]));
  } finally {
    await server.close();
  }
  failed.signal.throwIfAborted();

  function tell(notice: EmbeddedNotice): void {
    if (notice.kind === "cut") {
      log.warn("the last write had been interrupted; it was never acknowledged", { ...notice });
      return;
    }
    log.error("the disk failed", { error: notice.error.message });
    const advice = "Mend the disk, then start the store again. Nothing that was acknowledged is lost.";
    const why = notice.error.message;
    failed.abort(new KeelError("failed", { what: "writing the store to disk", why, advice }));
  }
}
