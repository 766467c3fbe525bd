import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Endpoints } from "../../../../reconciler/store/etcd/endpoints.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

function endpoints(...addresses: string[]): Endpoints {
  return new Endpoints({ endpoints: addresses, clock: new FakeClock(), requestTimeoutMs: 1000 });
}

describe("the endpoints of a store", () => {
  it("are asked in turn, the preferred one first", () => {
    const all = endpoints("http://a:1", "http://b:1", "http://c:1");
    const order = (): readonly string[] => [0, 1, 2, 3].map((n) => all.nth(n).address);
    assert.deepEqual(order(), ["http://a:1", "http://b:1", "http://c:1", "http://a:1"]);
    all.avoid(all.nth(0));
    assert.deepEqual(order(), ["http://b:1", "http://c:1", "http://a:1", "http://b:1"]);
    all.close();
  });

  it("change their order only for the failure of the preferred one", () => {
    const all = endpoints("http://a:1", "http://b:1");
    all.avoid(all.nth(1));
    assert.equal(all.nth(0).address, "http://a:1");
    all.close();
  });

  it("may be addresses with or without TLS, by number too, and sockets", () => {
    const all = endpoints(
      "http://10.0.0.1:2379",
      "https://[::1]:2379/",
      "https://etcd.lab:2379",
      "unix:/run/keel/store",
    );
    assert.equal(all.all.length, 4);
    all.close();
  });

  it("are refused where they are none, with the way to write them", () => {
    for (const address of [
      "10.0.0.1:2379",
      "localhost:2379",
      "etcd.lab",
      "http://etcd.lab",
      "unix:store",
      "",
      "ftp://a:1",
    ]) {
      assert.throws(
        () => endpoints(address),
        /write http:\/\/host:port, https:\/\/host:port or unix:\/path/,
        address,
      );
    }
    assert.throws(() => endpoints(), /name at least one/);
  });
});
