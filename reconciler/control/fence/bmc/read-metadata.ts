import type { FenceAgent, FenceParameter } from "../../../model/fence-agent.ts";
import { readXml } from "../../../xml/read-xml.ts";
import { attribute, child, childrenNamed, type XmlElement } from "../../../xml/xml-element.ts";

/** Types that parameters have; an unknown one is taken as text. */
const types = ["string", "integer", "boolean", "second", "select"] as const;

/**
 * What `fence_NAME -o metadata` printed (the resource agent format of fence agents), without what it calls deprecated.
 * Null where that is no agent's metadata. Pure.
 */
export function readMetadata(name: string, text: string): FenceAgent | null {
  const read = readXml(text);
  if (!read.ok) return null;
  const actions = childrenNamed(child(read.root, "actions"), "action");
  if (actions.length === 0) return null;
  const parameters = childrenNamed(child(read.root, "parameters"), "parameter").flatMap(readParameter);
  return {
    name,
    parameters: new Map(parameters.map((parameter) => [parameter.name, parameter])),
    actions: new Set(actions.flatMap((action) => attribute(action, "name") ?? [])),
    // The library of fence agents marks an agent as fabric by this alone: such a machine may be unfenced by itself.
    isFabric: actions.some(
      (action) => attribute(action, "name") === "on" && attribute(action, "automatic") === "1",
    ),
  };
}

function readParameter(written: XmlElement): readonly FenceParameter[] {
  const name = attribute(written, "name");
  if (name === null || attribute(written, "deprecated") === "1") return [];
  const content = child(written, "content");
  const type = types.find((known) => known === attribute(content, "type")) ?? "string";
  const choices = childrenNamed(content, "option").flatMap((option) => attribute(option, "value") ?? []);
  return [{ name, type, choices }];
}
