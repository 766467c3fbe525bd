import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { startEmbeddedServer } from "../../reconciler/store/embedded/server.ts";
import type {
  EmbeddedNotice,
  EmbeddedServer,
  EmbeddedServerOptions,
} from "../../reconciler/store/embedded/server.ts";

export interface Embedded {
  readonly endpoint: string;
  readonly directory: string;
  readonly notices: readonly EmbeddedNotice[];
  /** Stops it; its files stay. */
  kill(): Promise<void>;
  /** Starts it again on the same files and socket. */
  restart(): Promise<EmbeddedServer>;
  /** Stops it and takes its files away. */
  close(): Promise<void>;
}

/** An embedded server with files in a folder of its own. */
export async function startEmbedded(options: Partial<EmbeddedServerOptions> = {}): Promise<Embedded> {
  const base = await mkdtemp(join(tmpdir(), "keel-store-"));
  const directory = join(base, "store");
  const notices: EmbeddedNotice[] = [];
  const start = (): Promise<EmbeddedServer> =>
    startEmbeddedServer({
      directory,
      socketPath: join(base, "socket"),
      clock: systemClock,
      randomBytes,
      report: (notice) => notices.push(notice),
      ...options,
    });
  let server = await start();
  return {
    endpoint: server.endpoint,
    directory,
    notices,
    kill: () => server.close(),
    restart: async () => {
      await server.close();
      server = await start();
      return server;
    },
    close: async () => {
      await server.close();
      await rm(base, { recursive: true, force: true });
    },
  };
}
