import type { IStatusResponse } from "etcd3";
import type { StoreAlarm, StoreMember, StoreStatus } from "../maintenance.ts";
import { plainText } from "./failure.ts";
import type { Member } from "./members.ts";

/** What the members' answers say of the store; null where none answered. */
export function statusOfMembers(members: readonly Member[]): StoreStatus | null {
  const answers = members.flatMap(({ answer }) => (answer.kind === "status" ? [answer.status] : []));
  // The quota is every member's own, so the fullest of them counts.
  const [fullest] = answers.toSorted((a, b) => Number(b.dbSize) - Number(a.dbSize));
  if (fullest === undefined) return null;
  return {
    storeId: fullest.header.cluster_id,
    revision: Math.max(...answers.map(({ header }) => Number(header.revision))),
    version: fullest.version,
    bytes: Number(fullest.dbSize),
    bytesInUse: Number(fullest.dbSizeInUse),
    quotaBytes: null,
    alarms: alarmsIn(answers, members),
    members: members.map(storeMember).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** Whether the member leads, by its own account. */
export function leads({ answer }: Member): boolean {
  return answer.kind === "status" && answer.status.leader === answer.status.header.member_id;
}

function storeMember(member: Member): StoreMember {
  const { id, name, endpoint, hosts, learner } = member;
  const address = endpoint?.address ?? "";
  return { id, name, endpoint: address, hosts, leader: leads(member), learner, problem: problemOf(member) };
}

function problemOf({ answer }: Member): string | null {
  if (answer.kind === "none") return plainText(answer.cause);
  if (answer.status.leader === "0") return "it sees no leader: too few members are there";
  return null;
}

const kinds = { NOSPACE: "no-space", CORRUPT: "corrupt" } as const;
/** `memberID:1234 alarm:NOSPACE `, among the errors that a member tells: asking for alarms would need a quorum. */
const alarmText = /^memberID:(?<id>\d+) alarm:(?<kind>NOSPACE|CORRUPT)\b/;

/** Every member tells the alarms of all. */
function alarmsIn(answers: readonly IStatusResponse[], members: readonly Member[]): readonly StoreAlarm[] {
  const alarms = new Map<string, StoreAlarm>();
  for (const text of answers.flatMap(({ errors }) => errors)) {
    const { id, kind } = alarmText.exec(text)?.groups ?? {};
    if (id === undefined || (kind !== "NOSPACE" && kind !== "CORRUPT")) continue;
    const member = members.find((each) => each.id === id)?.name ?? id;
    alarms.set(`${id} ${kind}`, { member, kind: kinds[kind] });
  }
  return [...alarms.values()];
}
