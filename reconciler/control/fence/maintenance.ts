/** What maintenance is in force: from the files and the overrides, the stricter of both; pure. */
import type { Maintenance } from "../../model/desired.ts";
import { type MaintenanceRecord, type MaintenanceState, noMaintenance } from "../../model/maintenance.ts";
import { type NodeName, objectId } from "../../model/names.ts";
import { describeReason, reason } from "../../model/reasons.ts";
import { soonest } from "../../model/soonest.ts";
import { formatTime } from "../../desired/times.ts";
import { encode } from "../../store/codec.ts";
import type { Compare } from "../../store/store.ts";
import type { ClusterState, StoredRequest } from "../cluster-state.ts";
import { requestId } from "../requests.ts";
import type { Decision, Writer } from "../transactions.ts";
import type { Told } from "./case.ts";
import type { Times } from "./clock-watch.ts";

/** So long before its end people are warned. */
const endingMs = 300_000;

type Override = Extract<StoredRequest, { readonly kind: "maintenance" }>;

/** Of nodes that are leaving too: until they have left, what their documents said last is in force. */
export function maintenanceOf(state: ClusterState, times: Times): MaintenanceRecord {
  const { desired, applied, lastFields } = state;
  const names = new Set([...desired.nodes.keys(), ...lastFields.keys()]);
  const nodes = [...names].map((name): [NodeName, MaintenanceState] => [
    name,
    strictest(askedFor(state, name), times),
  ]);
  return {
    cluster: strictest(askedFor(state, null), times),
    nodes: Object.fromEntries(nodes.filter(([, { on }]) => on)),
    head: applied.revision,
  };
}

/** By the files and by overrides; `node`: null is the cluster. */
function askedFor(state: ClusterState, node: NodeName | null): readonly Maintenance[] {
  const { desired, lastFields } = state;
  const written =
    node === null
      ? desired.cluster.maintenance
      : (desired.nodes.get(node) ?? lastFields.get(node)?.fields)?.maintenance;
  const overridden = overridesIn(state)
    .filter((override) => override.node === node)
    .map(({ reason: why, expiresAt }) => ({ on: true, reason: why, until: expiresAt }));
  return [...(written === undefined ? [] : [written]), ...overridden].filter(({ on }) => on);
}

function overridesIn({ requests }: ClusterState): readonly Override[] {
  return [...requests.values()].filter((request) => request.kind === "maintenance");
}

/** Those whose time is over beyond doubt. */
function pastOverrides(state: ClusterState, { earliest }: Times): readonly Override[] {
  return overridesIn(state).filter(({ expiresAt }) => expiresAt <= earliest);
}

/** On where one of them says so, and for as long as the longest of them lasts; in doubt where only one clock says so. */
function strictest(asked: readonly Maintenance[], { earliest, latest }: Times): MaintenanceState {
  const lasting = asked.filter(({ until }) => until === null || earliest < until);
  const [first] = lasting;
  if (first === undefined) return noMaintenance;
  const certain = lasting.filter(({ until }) => until === null || latest < until);
  const ends = certain.map(({ until }) => until);
  const known = ends.filter((end) => end !== null);
  const until = known.length < ends.length || known.length === 0 ? null : Math.max(...known);
  const ending = until !== null && until - latest <= endingMs;
  return { on: true, reason: (certain[0] ?? first).reason, until, doubt: certain.length === 0, ending };
}

/** Null: what is written down is what is in force. Overrides go once it is written what is in force without them. */
export function writeMaintenance(
  writer: Writer,
  state: ClusterState,
  record: MaintenanceRecord,
  times: Times,
): Decision | null {
  const { keys } = writer;
  const before = state.maintenance;
  const past = pastOverrides(state, times);
  if (before !== null && past.length === 0 && isSame(before.record, record)) return null;
  const news = newsOf(state, before?.record ?? null, record);
  const events = news.map((told) =>
    writer.events.put({
      object: objectId("Cluster", state.desired.cluster.name),
      level: told.level,
      code: told.reason.code,
      text: describeReason(told.reason),
    }),
  );
  return {
    about: "maintenance",
    transaction: {
      compare: [
        ...writer.guard,
        { key: keys.maintenance, modRevision: before?.revision ?? 0 },
        { key: keys.head, modRevision: state.applied.revision },
        ...past.map(({ id, revision }) => ({ key: keys.request(id), modRevision: revision })),
      ],
      then: [
        { put: keys.maintenance, value: encode(record) },
        ...past.map(({ id }) => ({ delete: keys.request(id) })),
        ...events,
      ],
    },
  };
}

function isSame(a: MaintenanceRecord, b: MaintenanceRecord): boolean {
  const fields = ({ cluster, nodes, head }: MaintenanceRecord) => JSON.stringify([cluster, nodes, head]);
  return fields(a) === fields(b);
}

function newsOf(
  state: ClusterState,
  before: MaintenanceRecord | null,
  now: MaintenanceRecord,
): readonly Told[] {
  const names = [...new Set([...Object.keys(before?.nodes ?? {}), ...Object.keys(now.nodes)])];
  const all: [string, MaintenanceState, MaintenanceState][] = [
    [`cluster ${state.desired.cluster.name}`, before?.cluster ?? noMaintenance, now.cluster],
    ...names.map((name): [string, MaintenanceState, MaintenanceState] => [
      name,
      before?.nodes[name] ?? noMaintenance,
      now.nodes[name] ?? noMaintenance,
    ]),
  ];
  return all.flatMap(([what, was, is]) => {
    const told = changeInWords(what, was, is);
    return told === null ? [] : [told];
  });
}

/** That the end comes near is told where it was further off: what was asked for a shorter time is no news. */
function changeInWords(what: string, was: MaintenanceState, is: MaintenanceState): Told | null {
  if (is.doubt && !was.doubt) return { level: "warning", reason: reason("maintenance-in-doubt", { what }) };
  if (was.on && !is.on) return { level: "note", reason: reason("maintenance-off", { what }) };
  if (is.on && !was.on) {
    const why = is.reason ?? "no reason given";
    return { level: "note", reason: reason("maintenance-on", { what, why, end: endInWords(is) }) };
  }
  if (is.until === null || is.until !== was.until || !is.ending || was.ending) return null;
  return { level: "warning", reason: reason("maintenance-ending", { what, at: formatTime(is.until) }) };
}

function endInWords({ until }: MaintenanceState): string {
  return until === null ? "until it is switched off" : `until ${formatTime(until)}`;
}

/** What a round of fencing rests on: that neither files nor overrides have changed since maintenance was derived. */
export function compareMaintenance(
  { keys }: Writer,
  state: ClusterState,
  node: NodeName,
): readonly Compare[] {
  const ids = [requestId("maintenance", ""), requestId("maintenance", node)];
  return [
    { key: keys.head, modRevision: state.applied.revision },
    { key: keys.maintenance, modRevision: state.maintenance?.revision ?? 0 },
    ...ids.map((id) => ({ key: keys.request(id), modRevision: state.requests.get(id)?.revision ?? 0 })),
  ];
}

/** Whether the node is left alone. */
export function isLeftAlone({ cluster, nodes }: MaintenanceRecord, node: NodeName): boolean {
  return cluster.on || nodes[node]?.on === true;
}

/** A clock may be put right at any time. */
const lookMs = 60_000;

/** Whether any of it is to end at a time of day. */
export function endsByTime(state: ClusterState): boolean {
  return endsOf(state).length > 0;
}

/** Of all that is asked for, in epoch milliseconds. */
function endsOf(state: ClusterState): readonly number[] {
  const asked = [null, ...state.desired.nodes.keys(), ...state.lastFields.keys()].flatMap((node) =>
    askedFor(state, node),
  );
  return asked.flatMap(({ until }) => (until === null ? [] : [until]));
}

/** Milliseconds until it may change by itself, by either clock; null: it does not. */
export function maintenanceChangesInMs(state: ClusterState, { earliest, latest }: Times): number | null {
  const waits = endsOf(state).flatMap((until) => [
    until - endingMs - latest,
    until - latest,
    until - earliest,
  ]);
  return soonest(...waits.filter((ms) => ms > 0).map((ms) => Math.min(ms, lookMs)));
}
