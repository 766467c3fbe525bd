// Needs: libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio, openssl
/** The client between two real libvirtds: migrations, and the ways over a network. */
import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { after, afterEach, before, describe, it } from "node:test";
import {
  type DomainRef,
  type DomainStatus,
  errorCodes,
  type JobStats,
  jobOperations,
  LibvirtClient,
  LibvirtError,
  LinkError,
  migrateFlags,
  migrateParams,
  numberOf,
  procedures,
  type StreamEvent,
  xmlFlags,
} from "../../agent/libvirt/index.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { keelMain } from "../cli/running-up.ts";
import { Authority } from "../support/certificates.ts";
import { domainXml } from "../support/libvirt/domain-xml.ts";
import { type GuestImage, guestImage } from "../support/libvirt/guest-image.ts";
import { LibvirtCluster } from "../support/libvirt/libvirt-cluster.ts";
import { repositoryRoot } from "../support/root.ts";

const {
  connectListAllDomains,
  domainAbortJob,
  domainCreateXml,
  domainDestroy,
  domainGetInfo,
  domainGetJobStats,
  domainGetState,
  domainGetXmlDesc,
  domainLookupByUuid,
  domainMigrate,
  domainMigrateSetMaxDowntime,
  domainMigrateSetMaxSpeed,
  domainResume,
} = procedures;

/** Slow enough to be looked at; ended by lifting it. */
const slowMiBps = 1;
const fastMiBps = 10_000;
const tlsConfig = [
  'ca_file = "/etc/libvirt/cacert.pem"',
  'cert_file = "/etc/libvirt/clientcert.pem"',
  'key_file = "/etc/libvirt/clientkey.pem"',
  "",
];
const flags = migrateFlags.live | migrateFlags.peerToPeer | migrateFlags.paused;

describe("the libvirt client between two nodes", () => {
  let cluster: LibvirtCluster;
  let image: GuestImage;
  let source: LibvirtClient;
  let target: LibvirtClient;
  const events: StreamEvent[] = [];
  before(async () => {
    image = await guestImage();
    cluster = await LibvirtCluster.start(2);
    const clientOf = (number: number) =>
      new LibvirtClient({
        uri: cluster.node(number).uri,
        clock: systemClock,
        keepalive: { intervalMs: 500, count: 2 },
      });
    [source, target] = [clientOf(1), clientOf(2)];
    source.onEvent(["lifecycle", "job-completed"], (event) => events.push(event));
    await until(async () => events.some(({ kind }) => kind === "connected"));
  });
  after(async () => {
    await Promise.all([source.close(), target.close()]);
    await cluster.stop();
  });
  afterEach(async () => {
    for (const client of [source, target]) {
      for (const domain of await client.call(connectListAllDomains, { flags: 0 })) {
        await client.call(domainDestroy, { domain, flags: 0 }).catch(() => undefined);
      }
    }
  });

  const until = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await systemClock.sleep(20);
  };
  const create = (number = 1): Promise<DomainRef> => {
    const uuid = `6b1f0f4a-3c1d-4f0e-9d55-${String(number).padStart(12, "0")}`;
    return source.call(domainCreateXml, { xml: domainXml(image, { name: `vm${number}`, uuid }), flags: 0 });
  };
  const migrate = async (domain: DomainRef, signal?: AbortSignal): Promise<unknown> => {
    const xml = await source.call(domainGetXmlDesc, { domain, flags: xmlFlags.migratable });
    const own = xml.replace(
      /<metadata\/>|(?=<memory )/u,
      "<metadata><k:vm xmlns:k='urn:k' epoch='8'/></metadata>",
    );
    const args = {
      domain,
      destination: "qemu+tcp://node2/system",
      params: [
        { field: migrateParams.bandwidth, type: "ullong", value: BigInt(slowMiBps) },
        { field: migrateParams.destinationXml, type: "string", value: own },
      ],
      flags,
    } as const;
    return await source.call(domainMigrate, args, signal === undefined ? {} : { signal });
  };
  /** Begun, and its end in a promise that rejects nothing unheard. */
  const begin = async (domain: DomainRef, signal?: AbortSignal) => {
    const end = migrate(domain, signal).then(
      () => null,
      (error: unknown) => error,
    );
    await until(async () => {
      const { type, params } = await jobOf(domain);
      return type === "unbounded" && (numberOf(params, "data_remaining") ?? 0) > 0;
    });
    // In an object: a promise that is returned would be awaited with the rest.
    return { end };
  };
  const jobOf = (domain: DomainRef): Promise<JobStats> =>
    source.call(domainGetJobStats, { domain, flags: 0 });
  const stateOf = async (client: LibvirtClient, { uuid }: DomainRef): Promise<DomainStatus | null> => {
    try {
      const domain = await client.call(domainLookupByUuid, uuid);
      return await client.call(domainGetState, { domain, flags: 0 });
    } catch (error) {
      if (error instanceof LibvirtError && error.code === errorCodes.noDomain) return null;
      throw error;
    }
  };
  const finish = (domain: DomainRef) =>
    source.call(domainMigrateSetMaxSpeed, { domain, bandwidth: fastMiBps, flags: 0 });

  it("hands a domain over paused, with progress on the way and other metadata over there", async () => {
    const domain = await create();
    const { end } = await begin(domain);
    const { params } = await jobOf(domain);
    assert.equal(numberOf(params, "operation"), jobOperations.migrationOut);
    assert.ok((numberOf(params, "data_total") ?? 0) >= 80 * 2 ** 20);
    assert.deepEqual((await stateOf(target, domain))?.state, "paused");
    await source.call(domainMigrateSetMaxDowntime, { domain, milliseconds: 500, flags: 0 });
    await finish(domain);
    assert.equal(await end, null);
    assert.equal(await stateOf(source, domain), null);
    await until(async () =>
      events.some((e) => e.kind === "lifecycle" && e.event === "stopped" && e.detail === "migrated"),
    );
    await until(async () => events.some((e) => e.kind === "job-completed"));
    const copy = await target.call(domainLookupByUuid, domain.uuid);
    assert.match(await target.call(domainGetXmlDesc, { domain: copy, flags: 0 }), /epoch=['"]8['"]/);
    await target.call(domainResume, copy);
    assert.equal((await stateOf(target, domain))?.state, "running");
  });

  it("aborts, and the domain runs on where it was", async () => {
    const domain = await create();
    const { end } = await begin(domain);
    await source.call(domainAbortJob, domain);
    const error = await end;
    assert.ok(error instanceof LibvirtError && error.code === errorCodes.operationAborted);
    assert.equal((await stateOf(source, domain))?.state, "running");
    assert.equal((await jobOf(domain)).type, "none");
    await until(async () => (await stateOf(target, domain)) === null);
  });

  it("leaves a migration running whose caller goes", async () => {
    const domain = await create();
    const gone = new AbortController();
    const { end } = await begin(domain, gone.signal);
    gone.abort(new Error("gone"));
    assert.match(String(await end), /gone/);
    assert.equal((await jobOf(domain)).type, "unbounded");
    await finish(domain);
    await until(async () => (await stateOf(source, domain)) === null);
    assert.equal((await stateOf(target, domain))?.state, "paused");
  });

  it("lets none of a hundred calls wait for five migrations", async () => {
    const domains = await Promise.all([1, 2, 3, 4, 5].map((number) => create(number)));
    const begun = await Promise.all(domains.map((domain) => begin(domain)));
    const [domain] = domains;
    assert.ok(domain !== undefined);
    const calls = Array.from({ length: 100 }, () => source.call(domainGetInfo, domain));
    for (const { state } of await Promise.all(calls)) assert.equal(state, "running");
    // All of them are still on their way: nothing waited for their end.
    const jobs = await Promise.all(domains.map((one) => jobOf(one)));
    assert.deepEqual(new Set(jobs.map(({ type }) => type)), new Set(["unbounded"]));
    await Promise.all(domains.map((one) => source.call(domainAbortJob, one)));
    await Promise.all(begun.map(({ end }) => end));
  });

  it("notices a node that hangs, and finds it again when it goes on", async () => {
    await target.call(procedures.connectGetHostname, null);
    await cluster.node(2).signalAll("SIGSTOP");
    try {
      await assert.rejects(
        target.call(procedures.connectGetHostname, null, { timeoutMs: 20_000 }),
        (error) => error instanceof LinkError && error.code === "closed",
      );
    } finally {
      await cluster.node(2).signalAll("SIGCONT");
    }
    await until(() =>
      target.call(procedures.connectGetHostname, null).then(
        () => true,
        () => false,
      ),
    );
  });

  describe("over a network", () => {
    const probe = async (uri: string): Promise<unknown> => {
      const program = join(repositoryRoot, "dist/test/support/libvirt/client-probe.js");
      return JSON.parse(await cluster.node(1).exec(process.execPath, program, uri)) as unknown;
    };

    /** What `keel import` says, as it is run on a node by who has that node's certificate. */
    const imported = async (uri: string): Promise<string> => {
      const folder = join(cluster.folder, "cluster.d");
      await mkdir(folder);
      await writeFile(join(folder, "node1.yaml"), "kind: Node\nname: node1\n");
      return await cluster
        .node(1)
        .exec(process.execPath, keelMain, "import", "--dir", folder, "--libvirt", uri);
    };

    it("speaks TCP", async () => {
      assert.deepEqual(await probe("qemu+tcp://node2/system"), { hostname: "node2", domains: [] });
      assert.deepEqual(await probe("test+tcp://127.0.0.1/default"), { hostname: "node1", domains: ["test"] });
    });

    it("speaks TLS with those who show a certificate that the server knows, and takes no other server", async () => {
      const keys = join(cluster.folder, "keys");
      const strangers = join(cluster.folder, "strangers");
      await mkdir(keys);
      await mkdir(strangers);
      const ours = await new Authority(keys).sign("keel");
      const theirs = await new Authority(strangers).sign("stranger");
      const place = async (folder: string, files: typeof ours, ca = files.ca) => {
        await copyFile(ca, join(folder, "cacert.pem"));
        await copyFile(files.cert, join(folder, "clientcert.pem"));
        await copyFile(files.key, join(folder, "clientkey.pem"));
      };
      const server = join(cluster.node(1).folder, "etc");
      await place(server, ours);
      await place(keys, ours);
      const config = join(server, "libvirtd.conf");
      const text = await readFile(config, "utf8");
      await writeFile(config, [text.replace("listen_tls = 0", "listen_tls = 1"), ...tlsConfig].join("\n"));
      await cluster.node(1).killLibvirtd();
      await cluster.node(1).startLibvirtd();
      await cluster.node(1).ready();
      const uri = (folder: string) => `qemu+tls://127.0.0.1/system?pkipath=${folder}`;
      assert.deepEqual(await probe(uri(keys)), { hostname: "node1", domains: [] });
      await create();
      assert.match(await imported(uri(keys)), /wrote .*vm1\.xml\nwrote .*vm1\.yaml/);
      await place(strangers, theirs);
      assert.match(
        JSON.stringify(await probe(uri(strangers))),
        /self-signed|unable to verify|nothing answers/,
      );
      await place(strangers, theirs, ours.ca);
      assert.match(JSON.stringify(await probe(uri(strangers))), /certificate|closed/);
    });
  });
});
