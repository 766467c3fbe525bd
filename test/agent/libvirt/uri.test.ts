import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseUri } from "../../../agent/libvirt/uri.ts";

describe("parseUri", () => {
  it("finds the socket, and leaves the transport out of what the server is told", () => {
    assert.deepEqual(parseUri("qemu:///system"), {
      address: { transport: "unix", path: "/run/libvirt/libvirt-sock" },
      serverUri: "qemu:///system",
    });
    assert.deepEqual(parseUri("test+unix:///default?socket=/run/x/sock"), {
      address: { transport: "unix", path: "/run/x/sock" },
      serverUri: "test:///default",
    });
  });

  it("finds host and port, with libvirt's own ports where none is given", () => {
    const tcp = { transport: "tcp", host: "hv1", port: 16_509 };
    assert.deepEqual(parseUri("qemu+tcp://hv1/system").address, tcp);
    assert.deepEqual(parseUri("qemu+tcp://[fe80::1]:99/system").address, {
      ...tcp,
      host: "fe80::1",
      port: 99,
    });
    assert.deepEqual(parseUri("qemu://hv1/system?pkipath=/etc/keys").address, {
      transport: "tls",
      host: "hv1",
      port: 16_514,
      files: {
        ca: "/etc/keys/cacert.pem",
        cert: "/etc/keys/clientcert.pem",
        key: "/etc/keys/clientkey.pem",
      },
    });
    assert.equal(parseUri("qemu+tls://hv1/system").serverUri, "qemu:///system");
  });

  it("says what is wrong with others", () => {
    const wrong = {
      "hv1": /no libvirt URI/,
      "qemu+ssh://hv1/system": /asks for ssh; unix, tcp and tls are known/,
      "qemu+unix://hv1/system": /names a host/,
      "qemu+tcp:///system": /names no host/,
      "qemu+tcp://hv1:99999/system": /names no host that can be reached/,
    };
    for (const [uri, message] of Object.entries(wrong)) assert.throws(() => parseUri(uri), message);
  });
});
