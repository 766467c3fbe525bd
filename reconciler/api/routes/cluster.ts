/** The cluster as a whole: its state, its maintenance, what was applied. */
import type { ClusterReads } from "../ports.ts";
import { etagOf } from "../etag.ts";
import { type Route, route } from "../route.ts";
import { listAnswer, listed, one } from "./reads.ts";

export function clusterRoutes(reads: ClusterReads): readonly Route[] {
  const look = { tag: "cluster", role: "viewer", params: {}, query: {}, body: null } as const;
  return [
    route({
      ...look,
      method: "GET",
      path: "/api/v1/status",
      id: "getStatus",
      summary: "The cluster at a glance: counts, what needs attention, whether a node could be lost.",
      answers: { 200: one("Status", "As `keel status -o json`.") },
      errors: ["store-unreachable"],
      handle: async () => {
        const now = reads.look();
        return { status: 200, body: now.status(), headers: etagOf(now) };
      },
    }),
    route({
      ...look,
      method: "GET",
      path: "/api/v1/maintenance",
      id: "getMaintenance",
      summary: "What maintenance is in force.",
      answers: { 200: one("MaintenanceStatus", "Of the cluster, and of nodes.") },
      errors: ["store-unreachable"],
      handle: async () => {
        const now = reads.look();
        return { status: 200, body: now.maintenance(), headers: etagOf(now) };
      },
    }),
    route({
      ...look,
      method: "GET",
      path: "/api/v1/history",
      id: "getHistory",
      summary: "Every apply that is kept, oldest first. The last one is in force.",
      answers: { 200: listed("Generation", "As `keel history -o json`.") },
      errors: ["store-unreachable"],
      handle: async () => listAnswer(await reads.history()),
    }),
  ];
}
