import type { ServerDuplexStream } from "@grpc/grpc-js";
import type * as messages from "./messages.ts";
import type { ServerContext } from "./server-context.ts";
import { WatchSession } from "./watch-session.ts";

type WatchStream = ServerDuplexStream<messages.WatchRequest, messages.WatchResponse>;

/** etcd's Watch service. `end` closes all its streams, which otherwise last as long as their clients want. */
export function watchService(context: ServerContext) {
  const sessions = new Set<WatchSession>();
  return {
    implementation: {
      watch: (stream: WatchStream) => {
        const session = new WatchSession(context, stream);
        sessions.add(session);
        void session.run().finally(() => sessions.delete(session));
      },
    },
    end: () => {
      for (const session of sessions) session.end();
    },
  };
}
