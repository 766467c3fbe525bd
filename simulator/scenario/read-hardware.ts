import { defaultHardware, defaultTimes } from "../../agent/hypervisor/simulated/settings.ts";
import type { NodeName } from "../../reconciler/model/names.ts";
import type { FieldReader, Fields } from "./fields.ts";
import type { HardwareTable, NodeHardware } from "./scenario.ts";

const nodeKeys = ["memory", "cpus", "load", "boot"] as const;
/** For one node, or beside the nodes for all of them. */
const timeKeys = ["migration", "start", "shutdown", "bmc", "message"] as const;

const standard: NodeHardware = {
  ...defaultHardware,
  bootMs: 60_000,
  times: defaultTimes,
  bmcMs: 1_000,
  messageMs: 10,
};

export function readHardware(reader: FieldReader, value: unknown, nodes: readonly NodeName[]): HardwareTable {
  const path = ["hardware"];
  // A node that an edit adds later may have hardware already.
  const fields = reader.map(value, path, null);
  const general = withTimes(reader, fields, path, standard);
  const isTime = (key: string) => !nodes.includes(key) && timeKeys.some((known) => known === key);
  const named = Object.keys(fields).filter((key) => !isTime(key));
  return {
    standard: general,
    nodes: new Map(
      named.map((node) => {
        const at = [...path, node];
        const own = reader.map(fields[node], at, [...nodeKeys, ...timeKeys]);
        return [node, withTimes(reader, own, at, withSizes(reader, own, at, general))];
      }),
    ),
  };
}

function withSizes(
  reader: FieldReader,
  fields: Fields,
  path: readonly string[],
  base: NodeHardware,
): NodeHardware {
  return {
    ...base,
    memoryBytes: reader.bytes(fields["memory"], [...path, "memory"], base.memoryBytes),
    cpus: reader.number(fields["cpus"], [...path, "cpus"], base.cpus),
    load: reader.number(fields["load"], [...path, "load"], base.load),
    bootMs: reader.durationMs(fields["boot"], [...path, "boot"], base.bootMs),
  };
}

function withTimes(
  reader: FieldReader,
  fields: Fields,
  path: readonly string[],
  base: NodeHardware,
): NodeHardware {
  const ms = (key: (typeof timeKeys)[number], otherwise: number) => {
    const value = fields[key];
    return typeof value === "object" ? otherwise : reader.durationMs(value, [...path, key], otherwise);
  };
  const { times } = base;
  return {
    ...base,
    times: {
      startMs: ms("start", times.startMs),
      shutdownMs: ms("shutdown", times.shutdownMs),
      migrationBytesPerSecond: reader.bytesPerSecond(
        fields["migration"],
        [...path, "migration"],
        times.migrationBytesPerSecond,
      ),
    },
    bmcMs: ms("bmc", base.bmcMs),
    messageMs: ms("message", base.messageMs),
  };
}
