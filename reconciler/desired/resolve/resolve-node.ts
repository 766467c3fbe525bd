import { isAbsolute, join, relative } from "node:path";

import type { Bmc, Node, SecretReference } from "../../model/desired.ts";
import type { Finding } from "../issues/finding.ts";
import { nodeDefaults } from "../schema/defaults.ts";
import type { NodeDocument } from "../schema/documents.ts";
import { bmcOptionProblems } from "./bmc-options.ts";
import { resolveMaintenance } from "./resolve-cluster.ts";
import type { ResolveOptions } from "./resolve-options.ts";

type BmcDocument = Exclude<NodeDocument["bmc"], undefined | readonly unknown[]>;

export function resolveNode(document: NodeDocument): Node {
  return {
    name: document.name,
    address: document.address ?? null,
    labels: document.labels ?? {},
    state: document.state ?? nodeDefaults.state,
    maintenance: resolveMaintenance(document.maintenance ?? nodeDefaults.maintenance),
    bmc: devicesOf(document).map(resolveBmc),
  };
}

/** The node that no document names: this host. */
export function impliedNode(name: string): Node {
  return resolveNode({ kind: "Node", name });
}

/** What is wrong with one node's power devices, whatever else there is. */
export function checkBmc(document: NodeDocument, options: ResolveOptions): readonly Finding[] {
  return devicesOf(document).flatMap((device, index) => {
    const path = Array.isArray(document.bmc) ? ["bmc", String(index)] : ["bmc"];
    return [
      ...checkAgent(device, path, options),
      ...checkSecret(device, path, options),
      ...checkOptions(device, path, options),
    ];
  });
}

function checkAgent(
  device: BmcDocument,
  path: readonly string[],
  options: ResolveOptions,
): readonly Finding[] {
  if (device.agent === "simulated") {
    if (options.simulated === true) return [];
    const message = "a simulated power device can prove nothing about a real machine";
    const advice = "name the machine's own device, or run it with `keel up` or `keel simulate`";
    return [{ code: "bmc.simulated", path: [...path, "agent"], at: "value", message, advice }];
  }
  if (device.address !== undefined) return [];
  const message = `the ${device.agent} device has no address`;
  return [{ code: "bmc.address", path, at: "start", message, advice: "add address: 10.0.9.11" }];
}

/** What no agent may be told, then what this one knows, where it is known here. */
function checkOptions(
  device: BmcDocument,
  path: readonly string[],
  { fenceAgents }: ResolveOptions,
): readonly Finding[] {
  if (device.agent === "simulated") {
    if (device.options === undefined) return [];
    const message = "a simulated power device has no options";
    return [{ code: "bmc.option", path: [...path, "options"], at: "key", message, advice: "leave them out" }];
  }
  const known = fenceAgents?.get(device.agent);
  const agent = known?.known === true ? known.agent : null;
  const problems = bmcOptionProblems(resolveOptions(device.options ?? {}), agent).map(
    ({ option, code, message, advice }): Finding => ({
      code,
      path: [...path, "options", option],
      at: code === "bmc.option" ? "key" : "value",
      message,
      advice,
    }),
  );
  if (known === undefined || known.known) return problems;
  const message = `${known.why}, so what is said to it cannot be checked`;
  const missing: Finding = {
    code: "bmc.agent-missing",
    path: [...path, "agent"],
    at: "value",
    message,
    advice: known.advice,
  };
  return [missing, ...problems];
}

function checkSecret(
  device: BmcDocument,
  path: readonly string[],
  options: ResolveOptions,
): readonly Finding[] {
  const file = device.password?.file;
  if (file === undefined) return [];
  const finding = { code: "secret.path", path: [...path, "password", "file"], at: "value" } as const;
  if (file.split("/").includes("..")) {
    const message = "the path leads out of the secrets folder";
    return [{ ...finding, message, advice: "write it relative to the secrets folder, without .." }];
  }
  const { folder, secretsFolder } = options;
  if (folder === undefined || secretsFolder === undefined || !isInside(folder, join(secretsFolder, file)))
    return [];
  const message = "the secret lies inside the desired state, where everybody reads it";
  return [
    { ...finding, message, advice: "move the secrets folder out of it; change the secret, it was seen here" },
  ];
}

function devicesOf(document: NodeDocument): readonly BmcDocument[] {
  return [document.bmc ?? []].flat();
}

function resolveBmc(device: BmcDocument): Bmc {
  return {
    agent: device.agent,
    address: device.address ?? null,
    port: device.port ?? null,
    user: device.user ?? null,
    password: resolveSecret(device.password),
    options: resolveOptions(device.options ?? {}),
  };
}

function resolveOptions(written: Exclude<BmcDocument["options"], undefined>): Bmc["options"] {
  return Object.fromEntries(
    Object.entries(written).map(([name, value]) => [
      name,
      typeof value === "boolean" ? String(Number(value)) : String(value),
    ]),
  );
}

function resolveSecret(written: BmcDocument["password"]): SecretReference | null {
  if (written?.file !== undefined) return { from: "file", path: written.file };
  if (written?.credential !== undefined) return { from: "credential", name: written.credential };
  if (written?.env !== undefined) return { from: "env", name: written.env };
  return null;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}
