import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as etcd from "etcd3";
import { aboutKeys, failureOf, plainText } from "../../../../reconciler/store/etcd/failure.ts";
import { StoreError, type StoreErrorCode } from "../../../../reconciler/store/store.ts";

const refused: readonly (readonly [Error, StoreErrorCode])[] = [
  [new etcd.EtcdLeaseInvalidError("5 NOT_FOUND: etcdserver: requested lease not found"), "lease-gone"],
  [new etcd.EtcdPermissionDeniedError("7 PERMISSION_DENIED: etcdserver: permission denied"), "denied"],
  [new etcd.EtcdInvalidAuthTokenError("16 UNAUTHENTICATED: etcdserver: invalid auth token"), "denied"],
  [new etcd.GRPCInvalidArgumentError("3 INVALID_ARGUMENT: etcdserver: user name is empty"), "denied"],
  [
    new etcd.GRPCInvalidArgumentError("3 INVALID_ARGUMENT: etcdserver: too many operations in txn request"),
    "too-large",
  ],
  [new etcd.GRPCInvalidArgumentError("3 INVALID_ARGUMENT: etcdserver: request is too large"), "too-large"],
  [
    new etcd.GRPCResourceExhastedError("8 RESOURCE_EXHAUSTED: Received message larger than max (9 vs 8)"),
    "too-large",
  ],
  [
    new etcd.GRPCResourceExhastedError("8 RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded"),
    "no-space",
  ],
  [
    new etcd.GRPCInvalidArgumentError("3 INVALID_ARGUMENT: etcdserver: duplicate key given in txn request"),
    "rejected",
  ],
  [
    new etcd.GRPCOutOfRangeError("11 OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted"),
    "rejected",
  ],
  [new etcd.GRPCNotImplementedError("12 UNIMPLEMENTED: unknown service etcdserverpb.KV"), "rejected"],
];

const notDone: readonly Error[] = [
  new etcd.GRPCUnavailableError(
    "14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED",
  ),
  new etcd.GRPCUnavailableError("14 UNAVAILABLE: Channel closed before call started"),
  new etcd.GRPCUnavailableError("14 UNAVAILABLE: Name resolution failed for target dns:nowhere"),
  new etcd.GRPCDeadlineExceededError("4 DEADLINE_EXCEEDED: Deadline exceeded after 2.0s,Waiting for LB pick"),
  new etcd.GRPCResourceExhastedError("8 RESOURCE_EXHAUSTED: etcdserver: too many requests"),
];

const unknown: readonly Error[] = [
  new etcd.GRPCDeadlineExceededError(
    "4 DEADLINE_EXCEEDED: Deadline exceeded after 2.0s,LB pick: 0.001s,remote_addr=x",
  ),
  new etcd.GRPCDeadlineExceededError("4 DEADLINE_EXCEEDED: context deadline exceeded"),
  new etcd.GRPCUnavailableError("14 UNAVAILABLE: etcdserver: request timed out"),
  new etcd.GRPCUnavailableError("14 UNAVAILABLE: etcdserver: leader changed"),
  new etcd.GRPCUnavailableError("14 UNAVAILABLE: read ECONNRESET"),
  new etcd.GRPCInternalError("13 INTERNAL: Received RST_STREAM with code 2"),
  new etcd.GRPCCancelledError("1 CANCELLED: Call cancelled"),
  new etcd.GRPCResourceExhastedError("8 RESOURCE_EXHAUSTED: Bandwidth exhausted or memory limit exceeded"),
  new etcd.ClientClosedError("KV"),
  new Error("anything else"),
];

const said: readonly (readonly [string, string])[] = [
  [
    "14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ",
    "connect ECONNREFUSED 127.0.0.1:1",
  ],
  [
    "4 DEADLINE_EXCEEDED: Deadline exceeded after 2.0s,remote_addr=x",
    "Deadline exceeded after 2.0s,remote_addr=x",
  ],
  ["Error: 14 UNAVAILABLE: etcdserver: request timed out", "etcdserver: request timed out"],
];

describe("what a failed call means", () => {
  for (const [message, text] of said) {
    it(`is told to people as: ${text}`, () => {
      assert.equal(plainText(new Error(message)), text);
    });
  }

  for (const [error, code] of refused) {
    it(`is a refusal, ${code}: ${error.message}`, () => {
      const failure = failureOf(error);
      assert.ok(failure.kind === "refused");
      assert.equal(failure.error.code, code);
      assert.equal(failure.error.cause, error);
    });
  }
  for (const error of notDone) {
    it(`is that nothing was done: ${error.message}`, () => {
      assert.deepEqual(failureOf(error), { kind: "not-done", cause: error });
    });
  }
  for (const error of unknown) {
    it(`is not known: ${error.message}`, () => {
      assert.deepEqual(failureOf(error), { kind: "unknown", cause: error });
    });
  }
  it("is not known where something else was thrown", () => {
    assert.equal(failureOf("a text").kind, "unknown");
  });
});

describe("a refusal of what a role may not do", () => {
  const denied = new etcd.EtcdPermissionDeniedError("7 PERMISSION_DENIED: etcdserver: permission denied");

  it("names the keys that it was about, and what to look at", () => {
    const failure = failureOf(denied);
    assert.ok(failure.kind === "refused");
    const told = aboutKeys(failure.error, ["/lab/lease", "/lab/leader", "/lab/lease"]);
    assert.ok(told instanceof StoreError && told.code === "denied");
    assert.match(told.message, /permission denied \(\/lab\/lease, \/lab\/leader\).*`keel store roles`/);
  });

  it("is told as it is where another certificate is what helps", () => {
    const unknown = failureOf(
      new etcd.EtcdInvalidAuthTokenError("16 UNAUTHENTICATED: etcdserver: invalid auth token"),
    );
    assert.ok(unknown.kind === "refused");
    assert.equal(aboutKeys(unknown.error, ["/lab/lease"]), unknown.error);
  });
});
