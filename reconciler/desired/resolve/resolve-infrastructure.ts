import type { Network, StoragePool } from "../../model/desired.ts";
import type { Finding } from "../issues/finding.ts";
import type { NetworkDocument, StoragePoolDocument } from "../schema/documents.ts";

export function resolveNetwork(document: NetworkDocument): Network {
  const { name, type, bridge = null, vlan = null } = document;
  return { name, type, bridge, vlan };
}

export function checkNetwork(document: NetworkDocument): readonly Finding[] {
  const findings: Finding[] = [];
  const needsBridge = document.type === "bridge" || document.type === "vlan";
  if (needsBridge && document.bridge === undefined) findings.push(lacks(document, "bridge", "bridge: br0"));
  if (document.type === "vlan" && document.vlan === undefined)
    findings.push(lacks(document, "vlan", "vlan: 120"));
  return findings;
}

export function resolvePool(document: StoragePoolDocument): StoragePool {
  const { name, type, path = null, shared = false } = document;
  return { name, type, path, shared: type === "rbd" || shared };
}

export function checkPool(document: StoragePoolDocument): readonly Finding[] {
  if (document.type !== "rbd") return [];
  const findings: Finding[] = [];
  if (document.path !== undefined) {
    const message = "an rbd pool has no folder";
    const advice = "remove path, or write type: dir";
    findings.push({ code: "pool.field", path: ["path"], at: "key", message, advice });
  }
  if (document.shared === false) {
    const message = "an rbd pool is always shared";
    findings.push({ code: "pool.field", path: ["shared"], at: "value", message, advice: "remove the line" });
  }
  return findings;
}

function lacks(document: NetworkDocument, field: string, advice: string): Finding {
  const message = `a network of type ${document.type} needs a ${field}`;
  return { code: "network.field", path: ["type"], at: "value", message, advice: `add ${advice}` };
}
