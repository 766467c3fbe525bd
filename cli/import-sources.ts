/** Where `keel import` finds domains: in files, or in the libvirt of each node. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Stranger } from "../agent/hypervisor/libvirt/strangers.ts";
import type { Desired } from "../reconciler/model/desired.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { Context } from "./context.ts";
import { messageOf } from "../reconciler/model/thrown.ts";

export interface ImportSource {
  /** For errors: a file, or a domain and its node. */
  readonly title: string;
  readonly xml: string;
  /** Its home; null: nobody says. */
  readonly node: NodeName | null;
  /** Its node's libvirt told of it: what runs is taken over where it runs. */
  readonly isLive: boolean;
  readonly remarks: readonly string[];
}

/** A domain, and the node whose libvirt told of it. */
export interface FoundDomain {
  readonly node: NodeName;
  readonly stranger: Pick<Stranger, "name" | "uuid" | "running">;
}

/** @throws KeelError `refused` */
export function fromFiles(
  files: readonly string[],
  node: NodeName | null,
  { world }: Context,
): Promise<readonly ImportSource[]> {
  return Promise.all(
    files.map(async (file) => {
      const xml = await readFile(resolve(world.cwd, file), "utf8").catch((error: unknown) => {
        throw refusal(file, error instanceof Error ? error.message : "it cannot be read");
      });
      return { title: file, xml, node, isLive: false, remarks: [] };
    }),
  );
}

/**
 * Every domain of these nodes that is nobody's, running or only defined, and says which ones are left out. `uri`:
 * `{address}` stands for the node's.
 * @throws KeelError `usage`, `not-found`, `refused`
 */
export async function fromNodes(
  desired: Desired,
  only: NodeName | null,
  uri: string,
  context: Context,
): Promise<readonly ImportSource[]> {
  const names = [...desired.nodes.keys()];
  const wanted = only === null ? names : names.filter((name) => name === only);
  if (only !== null && wanted.length === 0)
    throw new KeelError("not-found", { what: "node", name: only, kind: "nodes" });
  if (!uri.includes("{address}") && wanted.length > 1) {
    throw new KeelError("usage", { problem: `--libvirt ${uri} is one node's: say which, with --node.` });
  }
  const { strangersAt } = await import("../agent/hypervisor/libvirt/strangers.ts");
  const found: (FoundDomain & { readonly stranger: Stranger })[] = [];
  for (const node of wanted) {
    const address = desired.nodes.get(node)?.address ?? node;
    const strangers = await strangersAt(
      uri.replaceAll("{address}", address),
      context.clock,
      context.world.ended,
    ).catch((error: unknown) => {
      context.world.ended.throwIfAborted();
      throw refusal(`the domains of ${node}`, messageOf(error));
    });
    found.push(...strangers.map((stranger) => ({ node, stranger })));
  }
  const left = leftOver(found);
  for (const [{ node, stranger }, runsOn] of left) {
    const { name } = stranger;
    context.out(`${name} on ${node} is only defined there, and runs on ${runsOn}: not imported twice`);
  }
  return found.filter((one) => !left.has(one)).map(({ node, stranger }) => sourceOf(node, stranger));
}

function sourceOf(node: NodeName, { name, xml, running, autostart }: Stranger): ImportSource {
  const remarks =
    autostart && !running
      ? [`libvirt on ${node} starts it at each boot: \`virsh autostart --disable ${name}\``]
      : [];
  return { title: `${name} on ${node}`, xml, node, isLive: true, remarks };
}

/** What a migration by hand leaves behind: definitions of a domain that runs on another node, which one is told. */
export function leftOver(found: readonly FoundDomain[]): ReadonlyMap<FoundDomain, NodeName> {
  const left = new Map<FoundDomain, NodeName>();
  for (const one of found) {
    const { uuid, running } = one.stranger;
    const other = found.find(({ stranger }) => stranger.running && stranger.uuid === uuid);
    if (!running && other !== undefined) left.set(one, other.node);
  }
  return left;
}

export function refusal(what: string, why: string): KeelError {
  const advice = "Nothing that is there was changed.";
  return new KeelError("refused", { what: `Importing ${what}`, why, advice });
}
