import { identityOf, isMap, type Json, type MergePatch } from "../../reconciler/desired/edit/merge-patch.ts";
import { kinds, type ObjectId } from "../../reconciler/model/names.ts";
import { clockHabits } from "../node-clock.ts";
import { bmcHabits } from "../simulated-bmc.ts";
import type { FieldReader, Fields } from "./fields.ts";
import {
  guestCommands,
  leaderCommands,
  migrationHabits,
  partCommands,
  type ScenarioAction,
  type ScenarioEvent,
} from "./scenario.ts";

type Read = (reader: FieldReader, value: unknown, path: readonly string[]) => readonly ScenarioAction[];

/** One for each key that an event may have beside `at`. */
const actions: Readonly<Record<string, Read>> = {
  edit: readEdit,
  approve: readApproval,
  power: each((reader, node, value, path) => ({
    kind: "power",
    node,
    on: reader.word(value, path, ["off", "on"]) === "on",
  })),
  network: each((reader, node, value, path) => ({
    kind: "network",
    node,
    up: reader.word(value, path, ["down", "up"]) === "up",
  })),
  agent: each((reader, node, value, path) => ({
    kind: "part",
    part: "agent",
    node,
    command: reader.word(value, path, partCommands),
  })),
  heartbeat: each((reader, node, value, path) => ({
    kind: "part",
    part: "heartbeat",
    node,
    command: reader.word(value, path, partCommands),
  })),
  bmc: each((reader, node, value, path) => ({
    kind: "bmc",
    node,
    habit: reader.word(value, path, bmcHabits),
  })),
  clock: each((reader, node, value, path) => ({
    kind: "clock",
    node,
    habit: reader.word(value, path, clockHabits),
  })),
  guest: each((reader, vm, value, path) => ({
    kind: "guest",
    vm,
    command: reader.word(value, path, guestCommands),
  })),
  migration: each((reader, vm, value, path) => ({
    kind: "migration",
    vm,
    habit: reader.word(value, path, migrationHabits),
  })),
  confirmDead: (reader, value, path) => [{ kind: "confirm-dead", node: reader.text(value, path) }],
  acknowledge: request("acknowledge"),
  release: request("release"),
  restart: request("restart"),
  retry: request("retry"),
  reconciler: (reader, value, path) => [
    { kind: "reconciler", command: reader.word(value, path, leaderCommands) },
  ],
  override: each((reader, name, value, path) => ({
    kind: "override",
    node: name.startsWith("Cluster/") ? null : nameIn(name),
    forMs: value === "off" ? null : reader.durationMs(value, path, 0),
  })),
  store: (reader, value, path) => [{ kind: "store", up: reader.word(value, path, ["down", "up"]) === "up" }],
};

/** Sorted by time; what is of equal time stays as written. */
export function readEvents(reader: FieldReader, value: unknown): readonly ScenarioEvent[] {
  const known = ["at", ...Object.keys(actions)];
  const events = reader.list(value, ["events"]).flatMap((entry, index) => {
    const path = ["events", String(index)];
    const fields = reader.map(entry, path, known);
    if (fields["at"] === undefined) reader.fault(path, "needs at: when it happens, such as 10s");
    const at = reader.durationMs(fields["at"], [...path, "at"], 0);
    const found = actionsOf(reader, fields, path);
    if (found.length === 0) reader.fault(path, `needs something that happens: ${known.slice(1).join(", ")}`);
    return found.map((action): ScenarioEvent => ({ at, ...action }));
  });
  return events.sort((a, b) => a.at - b.at);
}

function actionsOf(reader: FieldReader, fields: Fields, path: readonly string[]): readonly ScenarioAction[] {
  return Object.entries(fields).flatMap(
    ([key, value]) => actions[key]?.(reader, value, [...path, key]) ?? [],
  );
}

/** A map of names to what befalls each. */
function each(
  read: (reader: FieldReader, name: string, value: unknown, path: readonly string[]) => ScenarioAction,
): Read {
  return (reader, value, path) =>
    Object.entries(reader.map(value, path, null)).map(([name, one]) =>
      read(reader, name, one, [...path, name]),
    );
}

function request(kind: Extract<ScenarioAction, { kind: "request" }>["request"]): Read {
  return (reader, value, path) => [
    { kind: "request", request: kind, name: nameIn(reader.text(value, path)) },
  ];
}

function readEdit(reader: FieldReader, value: unknown, path: readonly string[]): readonly ScenarioAction[] {
  const edits = new Map<ObjectId, MergePatch | null>();
  for (const [id, patch] of Object.entries(reader.map(value, path, null))) {
    const object = objectIn(id);
    if (object === null)
      reader.fault([...path, id], `is no object: write one of ${kinds.join(", ")}, / and a name`);
    else if (patch !== null && !isMap(patch)) reader.fault([...path, id], "must be a map of fields, or null");
    else edits.set(object, patch === null ? null : asPatch(patch));
  }
  return [{ kind: "edit", edits }];
}

/** Values come from YAML, where there is nothing else. */
function asPatch(fields: Fields): MergePatch {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, asJson(value)]));
}

function asJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(asJson);
  if (isMap(value)) return asPatch(value);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function readApproval(
  reader: FieldReader,
  value: unknown,
  path: readonly string[],
): readonly ScenarioAction[] {
  const fields = reader.map(value, path, ["destroy", "disks"]);
  const vm = nameIn(reader.text(fields["destroy"], [...path, "destroy"]));
  const disks = reader
    .list(fields["disks"], [...path, "disks"])
    .map((disk, index) => reader.text(disk, [...path, "disks", String(index)]));
  return [{ kind: "approve", vm, disks }];
}

function objectIn(text: string): ObjectId | null {
  const kind = kinds.find((known) => text.startsWith(`${known}/`));
  if (kind === undefined) return null;
  const { name } = identityOf(`${kind}/${text.slice(kind.length + 1)}`);
  return name === "" ? null : `${kind}/${name}`;
}

/** `VM/web1` or `web1`. */
function nameIn(text: string): string {
  return text.slice(text.indexOf("/") + 1);
}
