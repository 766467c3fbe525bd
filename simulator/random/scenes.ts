/** A step is provoked and something goes wrong while it is under way: what no mere chance would bring about often. */
import { objectId, type VmName } from "../../reconciler/model/names.ts";
import type { Author } from "./author.ts";
import { memories, vmDocument } from "./cluster-draft.ts";
import { renameTo } from "./edits.ts";
import { faultDuring } from "./faults.ts";
import { type PlayedKind, stepKinds } from "./matrix.ts";

interface Provocation {
  /** Returns the name that the VM goes by from then on. */
  readonly provoke: (author: Author, vm: VmName) => VmName;
  /** How long the step may be under way, in milliseconds from the moment that it was asked for. */
  readonly within: readonly [number, number];
  /** How often it is chosen: what is soon over is met seldom. */
  readonly weight: number;
}

const provocations: Readonly<Record<PlayedKind, Provocation>> = {
  start: {
    provoke: (author, vm) => {
      author.edit([objectId("VM", vm), { state: "poweroff" }]);
      author.wait(1_500);
      author.edit([objectId("VM", vm), { state: "running" }]);
      return vm;
    },
    within: [30, 1_200],
    weight: 3,
  },
  stop: {
    provoke: (author, vm) => {
      author.edit([objectId("VM", vm), { state: author.random.oneOf(["stopped", "disabled"]) }]);
      return vm;
    },
    within: [30, 5_000],
    weight: 3,
  },
  restart: {
    provoke: (author, vm) => {
      author.act({ restart: vm });
      return vm;
    },
    within: [30, 6_000],
    weight: 3,
  },
  update: {
    provoke: (author, vm) => {
      // What shrinks does so live, whatever it was started with.
      const { memory } = author.document(objectId("VM", vm));
      const less = memories.find((size) => size !== memory) ?? null;
      author.edit([objectId("VM", vm), { memory: less, profiles: null }]);
      return vm;
    },
    within: [30, 110],
    weight: 6,
  },
  migrate: {
    provoke: (author, vm) => {
      author.edit([objectId("VM", vm), { limits: null, migrate: author.aNode(), migration: null }]);
      return vm;
    },
    within: [30, 2_500],
    weight: 5,
  },
  destroy: {
    provoke: (author, vm) => {
      author.edit([objectId("VM", vm), { state: "poweroff", protect: null }]);
      author.wait(1_500);
      author.edit([objectId("VM", vm), { state: "absent" }]);
      author.act({ approve: { destroy: `VM/${vm}` } });
      return vm;
    },
    within: [30, 110],
    weight: 5,
  },
  rename: { provoke: renameTo, within: [30, 130], weight: 7 },
};

const choices = stepKinds.flatMap((kind) =>
  Array.from({ length: provocations[kind].weight }, () => ({ kind, ...provocations[kind] })),
);

export function scene(author: Author): void {
  const { random } = author;
  const provocation = choices[random.below(choices.length)];
  if (provocation === undefined) return;
  const before = author.aVm();
  const vm = provocation.provoke(author, before);
  const [from, to] = provocation.within;
  author.wait(from + random.below(to - from));
  faultDuring(author, provocation.kind, { vm, node: author.whereabouts(vm) });
  if (random.chance(0.5)) return;
  const state = author.document(objectId("VM", vm))["state"];
  if (state === "absent") {
    const next = author.freshName();
    author.edit(
      [objectId("VM", vm), null],
      [objectId("VM", next), vmDocument(random, next, author.names("Node"))],
    );
  } else if (state !== undefined) author.edit([objectId("VM", vm), { state: "running" }]);
}
