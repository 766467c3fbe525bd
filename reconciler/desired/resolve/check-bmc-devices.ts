import type { Bmc, Node } from "../../model/desired.ts";
import { placeOf, type SourceDocument } from "../source-document.ts";
import type { NodeDocument } from "../schema/documents.ts";
import type { PlacedFinding } from "./placed-finding.ts";

interface Device {
  readonly bmc: Bmc;
  readonly node: Node;
  readonly source: SourceDocument<NodeDocument>;
  readonly path: readonly string[];
}

/** Power devices that are named twice: switching one off would prove the wrong node off. */
export function checkBmcDevices(
  nodes: Iterable<{ readonly node: Node; readonly source: SourceDocument<NodeDocument> }>,
): readonly PlacedFinding[] {
  const devices = new Map<string, Device[]>();
  const findings: PlacedFinding[] = [];
  for (const { node, source } of nodes) {
    node.bmc.forEach((bmc, index) => {
      const path = Array.isArray(source.document.bmc) ? ["bmc", String(index)] : ["bmc"];
      const device = { bmc, node, source, path };
      const others = devices.get(addressOf(device)) ?? [];
      const same = others.find((other) => areSamePlug(other.bmc, bmc));
      if (same === undefined) devices.set(addressOf(device), [...others, device]);
      else findings.push(second(same, device));
    });
  }
  return findings;
}

/** A simulated device is its node's own, so only the same node can name it twice. */
function addressOf({ bmc, node }: Device): string {
  return bmc.agent === "simulated" ? `simulated ${node.name}` : hostOf(bmc);
}

function hostOf({ address }: Bmc): string {
  return (address ?? "").toLowerCase();
}

/** Whether two devices switch the same machine, as far as their definitions tell. */
export function areSamePlug(a: Bmc, b: Bmc): boolean {
  return hostOf(a) === hostOf(b) && samePort(a, b) && sameUnit(a, b);
}

/** Several devices may share an address by their ports; one without a port may be any of them. */
function samePort(a: Bmc, b: Bmc): boolean {
  return a.port === null || b.port === null || a.port === b.port;
}

/** Options that tell apart the machines behind one device: a chassis, or a bridge. */
const unitOptions = ["plug", "systems_uri", "target"] as const;

/** Several machines may share a device; one whose machine is not told may be any of them. */
function sameUnit(a: Bmc, b: Bmc): boolean {
  return unitOptions.every((option) => {
    const [one, other] = [a.options[option], b.options[option]].map((unit) => unit?.replace(/\/+$/u, ""));
    return one === undefined || other === undefined || one.toLowerCase() === other.toLowerCase();
  });
}

function second(first: Device, again: Device): PlacedFinding {
  const by = first.node === again.node ? "this node already" : `Node ${first.node.name}`;
  const message = `this power device is used by ${by} (${placeOf(first.source)})`;
  const at = again.bmc.address === null ? again.path : [...again.path, "address"];
  const advice = "each node has devices of its own; correct the address";
  return {
    source: again.source,
    finding: { code: "bmc.used-twice", path: at, at: "value", message, advice },
  };
}
