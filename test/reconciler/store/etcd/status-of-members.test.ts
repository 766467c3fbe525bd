import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Member } from "../../../../reconciler/store/etcd/members.ts";
import { leads, statusOfMembers } from "../../../../reconciler/store/etcd/status-of-members.ts";

interface Says {
  readonly dbSize?: string;
  readonly revision?: string;
  readonly leader?: string;
  readonly errors?: readonly string[];
}

function member(
  id: string,
  { dbSize = "100", revision = "7", leader = "1", errors = [] }: Says = {},
): Member {
  const header = { cluster_id: "9", member_id: id, revision, raft_term: "2" };
  const raft = { raftIndex: "1", raftTerm: "2", raftAppliedIndex: "1", isLearner: false };
  const status = {
    header,
    version: "3.4.23",
    dbSize,
    dbSizeInUse: "50",
    leader,
    errors: [...errors],
    ...raft,
  };
  return {
    id,
    name: `m${id}`,
    endpoint: null,
    hosts: [],
    learner: false,
    answer: { kind: "status", status },
  };
}

const dead: Member = {
  id: "3",
  name: "m3",
  endpoint: null,
  hosts: [],
  learner: false,
  answer: {
    kind: "none",
    cause: new Error("14 UNAVAILABLE: No connection established. Last error: refused"),
  },
};

describe("the status of a store, from what its members say", () => {
  it("is not known where none says anything", () => {
    assert.equal(statusOfMembers([dead]), null);
  });

  it("is the size of the fullest, and the latest revision", () => {
    const status = statusOfMembers([member("2", { revision: "9" }), member("1", { dbSize: "300" }), dead]);
    assert.equal(status?.bytes, 300);
    assert.equal(status?.revision, 9);
    assert.equal(status?.storeId, "9");
  });

  it("says which one leads, by its own account, and which has what problem, by name", () => {
    const status = statusOfMembers([dead, member("2"), member("1")]);
    assert.deepEqual(
      status?.members.map(({ name, leader, problem }) => [name, leader, problem]),
      [
        ["m1", true, null],
        ["m2", false, null],
        ["m3", false, "refused"],
      ],
    );
    assert.equal(leads(dead), false);
  });

  it("says of a member that sees no leader that it does not", () => {
    assert.match(statusOfMembers([member("1", { leader: "0" })])?.members[0]?.problem ?? "", /no leader/);
  });

  it("tells every alarm once, by the name of its member, and leaves other errors out", () => {
    const errors = ["memberID:2 alarm:NOSPACE ", "memberID:7 alarm:CORRUPT ", "etcdserver: no leader"];
    assert.deepEqual(statusOfMembers([member("1", { errors }), member("2", { errors })])?.alarms, [
      { member: "m2", kind: "no-space" },
      { member: "7", kind: "corrupt" },
    ]);
  });
});
