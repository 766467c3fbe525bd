import type { NicSpec } from "../../../../reconciler/model/step.ts";
import { element, type XmlElement } from "../../../../reconciler/xml/xml-element.ts";
import { HypervisorError } from "../../hypervisor.ts";
import { maxNics, nicAddress } from "./layout.ts";

/**
 * A network card on a bridge that the node has.
 * @throws HypervisorError `unsupported`: a network of a type that has no driver yet
 */
export function nicXml(nic: NicSpec, slot: number): XmlElement {
  if (slot >= maxNics) {
    throw new HypervisorError(
      "unsupported",
      `nic ${nic.name}: a domain has room for ${String(maxNics)} cards`,
    );
  }
  return element("interface", { type: "bridge" }, [
    element("mac", { address: nic.mac }),
    element("source", { bridge: bridgeOf(nic) }),
    element("model", { type: "virtio" }),
    nicAddress(slot),
  ]);
}

/** @throws HypervisorError `unsupported` */
export function bridgeOf({ network }: NicSpec): string {
  if (network.type === "bridge" && network.bridge !== null) return network.bridge;
  const what = `network ${network.name} is of the type ${network.type}`;
  throw new HypervisorError("unsupported", `${what}, which has no driver`);
}
