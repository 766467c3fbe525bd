/** How states are toned, and in which order trouble comes. */
import type { NodeState, VmState } from "../../reconciler/model/states.ts";
import type { ChangeWord, EventReport, Impact } from "../../reconciler/model/report.ts";
import type { Tone } from "./line.ts";

export const vmTones: Readonly<Record<VmState, Tone>> = {
  "running": "ok",
  "stopped": "muted",
  "stopping": "busy",
  "starting": "busy",
  "migrating": "busy",
  "held": "warn",
  "crash-loop": "bad",
  "disabled": "muted",
  "orphaned": "warn",
  "failed": "bad",
  "unknown": "warn",
};

export const nodeTones: Readonly<Record<NodeState, Tone>> = {
  "ready": "ok",
  "cordoned": "warn",
  "flushing": "busy",
  "flushed": "warn",
  "returning": "busy",
  "unseen": "muted",
  "agent-down": "warn",
  "suspect": "warn",
  "lost": "bad",
  "fencing": "bad",
  "fence-failed": "bad",
  "fenced": "warn",
  "leaving": "busy",
};

/** What needs a person first, then what moves, then the rest. */
export const vmStatesByTrouble: readonly VmState[] = [
  "failed",
  "crash-loop",
  "unknown",
  "held",
  "orphaned",
  "migrating",
  "starting",
  "stopping",
  "running",
  "stopped",
  "disabled",
];

export const nodeStatesByTrouble: readonly NodeState[] = [
  "fence-failed",
  "fencing",
  "lost",
  "suspect",
  "agent-down",
  "fenced",
  "unseen",
  "leaving",
  "flushing",
  "returning",
  "flushed",
  "cordoned",
  "ready",
];

export const changeTones: Readonly<Record<ChangeWord, Tone>> = {
  create: "ok",
  update: "warn",
  start: "busy",
  stop: "warn",
  restart: "warn",
  migrate: "busy",
  destroy: "bad",
  orphan: "warn",
  adopt: "busy",
  remove: "bad",
};

export const impactTones: Readonly<Record<Impact, Tone>> = {
  "none": "muted",
  "live": "muted",
  "migrate": "busy",
  "restart": "warn",
  "offline": "warn",
  "destroy-data": "bad",
};

export const levelTones: Readonly<Record<EventReport["level"], Tone>> = {
  note: "muted",
  warning: "warn",
  alarm: "bad",
};
