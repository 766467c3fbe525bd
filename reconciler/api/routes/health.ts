/** Whether the API is well: for whoever starts it anew, or sends it requests. */
import { KeelError } from "../../model/errors.ts";
import { metricsText, metricsType } from "../metrics.ts";
import type { ClusterReads } from "../ports.ts";
import { type Route, route } from "../route.ts";
import { shape, text } from "../schema/shapes.ts";

const well = { 200: { description: "It is.", schema: shape("It is well.", { status: text() }) } };

export interface HealthOptions {
  readonly reads: ClusterReads;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly version: string;
  readonly openApi: () => string;
}

export function healthRoutes({ reads, now, version, openApi }: HealthOptions): readonly Route[] {
  const plain = { method: "GET", tag: "health", params: {}, query: {}, body: null } as const;
  return [
    route({
      ...plain,
      path: "/healthz",
      id: "getHealth",
      summary: "Whether the API answers at all.",
      role: null,
      answers: well,
      errors: [],
      handle: async () => ({ status: 200, body: { status: "ok" } }),
    }),
    route({
      ...plain,
      path: "/readyz",
      id: "getReadiness",
      summary: "Whether the API knows the cluster as it is now.",
      role: null,
      answers: well,
      errors: ["store-unreachable"],
      handle: async () => {
        const why = reads.problem();
        if (why !== null) throw new KeelError("store-unreachable", { endpoints: "its endpoints", why });
        return { status: 200, body: { status: "ready" } };
      },
    }),
    route({
      ...plain,
      path: "/metrics",
      id: "getMetrics",
      summary: "What Prometheus collects.",
      role: "viewer",
      answers: { 200: { description: "Metrics.", schema: null, type: metricsType } },
      errors: [],
      handle: async () => {
        const text = metricsText({ reads, now: now(), version, bytes: await reads.storeBytes() });
        return { status: 200, type: metricsType, body: text };
      },
    }),
    route({
      ...plain,
      path: "/api/v1/openapi.json",
      id: "getOpenApi",
      summary: "What this API takes and answers, as OpenAPI 3.1.",
      role: null,
      answers: {
        200: { description: "The document.", schema: shape("An OpenAPI document.", { openapi: text() }) },
      },
      errors: [],
      handle: async () => ({ status: 200, type: "application/json", body: openApi() }),
    }),
  ];
}
