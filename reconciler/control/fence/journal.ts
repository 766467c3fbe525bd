/** What fencing decides, as transactions. Each compares all that the decision rests on. */
import { type FenceRecord } from "../../model/fence.ts";
import { objectId } from "../../model/names.ts";
import { describeReason } from "../../model/reasons.ts";
import { encode } from "../../store/codec.ts";
import type { Compare } from "../../store/store.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Decision, Writer } from "../transactions.ts";
import type { NodeCase, Write } from "./case.ts";
import { compareMaintenance } from "./maintenance.ts";

export function writeFence(writer: Writer, state: ClusterState, it: NodeCase, next: Write): Decision {
  const { keys } = writer;
  const { node } = it;
  const { record, told, uses } = next;
  const key = keys.fence(node);
  const event =
    told === null
      ? []
      : [
          writer.events.put({
            object: objectId("Node", node),
            level: told.level,
            code: told.reason.code,
            text: describeReason(told.reason),
          }),
        ];
  return {
    about: node,
    transaction: {
      compare: [
        ...writer.guard,
        { key, modRevision: it.record?.revision ?? 0 },
        ...comparesFor(writer, state, it, record),
        ...uses.map(({ id, revision }) => ({ key: keys.request(id), modRevision: revision })),
      ],
      then: [
        record === null ? { delete: key } : { put: key, value: encode(record) },
        ...uses.map(({ id }) => ({ delete: keys.request(id) })),
        ...event,
      ],
    },
  };
}

/**
 * A node is cut, or counted as dead, only while it is absent, and has not been there since it was looked at. A round is
 * begun only under the intent that was read.
 */
function comparesFor(
  writer: Writer,
  state: ClusterState,
  { node, seen, alive }: NodeCase,
  record: FenceRecord | null,
): readonly Compare[] {
  const { keys } = writer;
  if (alive !== null || record === null) return [];
  const absent = [
    { key: keys.alive(node), createRevision: 0 },
    { key: keys.seen(node), modRevision: seen?.revision ?? 0 },
  ];
  if (record.phase !== "cutting") return absent;
  return [...absent, ...compareMaintenance(writer, state, node)];
}
