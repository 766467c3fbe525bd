import { fileURLToPath } from "node:url";
import { dirname } from "node:path";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

export type ServiceName = "KV" | "Watch" | "Lease" | "Maintenance" | "Cluster";

/** etcd's own definitions, as the client library brings them; `messages.ts` says how they arrive here. */
export function loadServices(): (name: ServiceName) => ServiceDefinition {
  const path = fileURLToPath(import.meta.resolve("etcd3/proto/rpc.proto"));
  const definitions = loadSync(path, {
    keepCase: true,
    longs: String,
    enums: Number,
    defaults: true,
    oneofs: true,
    includeDirs: [dirname(path)],
  });
  return (name) => {
    const definition = definitions[`etcdserverpb.${name}`];
    if (definition === undefined || "format" in definition)
      throw new TypeError(`${path} has no service ${name}`);
    return definition;
  };
}
