// Needs: libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio, openssl
/** The client against a real libvirtd, and what it says against what virsh says. */
import assert from "node:assert/strict";
import process from "node:process";
import { after, afterEach, before, describe, it } from "node:test";
import {
  createFlags,
  type DomainRef,
  errorCodes,
  eventKinds,
  impactFlags,
  LibvirtClient,
  LibvirtError,
  listFlags,
  metadataTypes,
  type Procedure,
  procedures,
  shutdownFlags,
  type StreamEvent,
  vcpuFlags,
  xmlFlags,
} from "../../agent/libvirt/index.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { domainXml } from "../support/libvirt/domain-xml.ts";
import { type GuestImage, guestImage } from "../support/libvirt/guest-image.ts";
import { LibvirtCluster } from "../support/libvirt/libvirt-cluster.ts";
import type { LibvirtNode } from "../support/libvirt/libvirt-node.ts";

const {
  connectCompareHypervisorCpu,
  connectListAllDomains,
  domainAttachDevice,
  domainCreateXml,
  domainDestroy,
  domainGetInfo,
  domainGetMetadata,
  domainGetState,
  domainGetVcpus,
  domainGetXmlDesc,
  domainLookupByName,
  domainLookupByUuid,
  domainReset,
  domainResume,
  domainSetMetadata,
  domainSetVcpus,
  domainShutdown,
  domainSuspend,
} = procedures;

const uuid = "6b1f0f4a-3c1d-4f0e-9d55-0242ac120001";

describe("the libvirt client", () => {
  let cluster: LibvirtCluster;
  let node: LibvirtNode;
  before(async () => {
    cluster = await LibvirtCluster.start(1);
    node = cluster.node(1);
  });
  after(() => cluster.stop());

  const refused = (code: keyof typeof errorCodes) => (error: unknown) =>
    error instanceof LibvirtError && error.code === errorCodes[code];

  describe("with libvirt's test driver", () => {
    let client: LibvirtClient;
    before(() => {
      client = new LibvirtClient({ uri: node.uriOf("test", "/default"), clock: systemClock });
    });
    after(() => client.close());

    it("finds the domain, by list, name and UUID", async () => {
      const listed = await client.call(connectListAllDomains, { flags: 0 });
      assert.deepEqual(
        listed.map(({ name, id }) => ({ name, id })),
        [{ name: "test", id: 1 }],
      );
      const [domain] = listed;
      assert.ok(domain !== undefined);
      assert.deepEqual(await client.call(domainLookupByName, "test"), domain);
      assert.deepEqual(await client.call(domainLookupByUuid, domain.uuid), domain);
      assert.deepEqual(await client.call(connectListAllDomains, { flags: listFlags.inactive }), []);
    });

    it("reads state, summary and XML", async () => {
      const domain = await client.call(domainLookupByName, "test");
      const { state, maxMemoryKiB, cpus } = await client.call(domainGetInfo, domain);
      assert.deepEqual([state, maxMemoryKiB, cpus], ["running", 8_388_608, 2]);
      assert.match(await client.call(domainGetXmlDesc, { domain, flags: 0 }), /<name>test<\/name>/);
    });

    it("tells a refusal by its code", async () => {
      await assert.rejects(client.call(domainLookupByName, "nobody"), refused("noDomain"));
      const broken = client.call(domainCreateXml, { xml: "<domain", flags: 0 });
      await assert.rejects(broken, (error) => error instanceof LibvirtError && error.message !== "");
    });

    it("suspends and resumes, and hears of both", async () => {
      const domain = await client.call(domainLookupByName, "test");
      await client.call(domainSuspend, domain);
      assert.deepEqual(await client.call(domainGetState, { domain, flags: 0 }), {
        state: "paused",
        reason: "user",
      });
      await client.call(domainResume, domain);
      assert.equal((await client.call(domainGetState, { domain, flags: 0 })).state, "running");
    });
  });

  describe("with QEMU", () => {
    let client: LibvirtClient;
    let image: GuestImage;
    const events: StreamEvent[] = [];
    before(async () => {
      image = await guestImage();
      client = new LibvirtClient({ uri: node.uri, clock: systemClock });
      client.onEvent(eventKinds, (event) => events.push(event));
      await heard((event) => event.kind === "connected");
    });
    after(() => client.close());
    afterEach(async () => {
      for (const domain of await client.call(connectListAllDomains, { flags: 0 })) {
        await client.call(domainDestroy, { domain, flags: 0 });
      }
    });

    const heard = async (is: (event: StreamEvent) => boolean): Promise<void> => {
      while (!events.some(is)) await systemClock.sleep(10);
    };
    const heardLifecycle = (event: string, detail: string) =>
      heard((one) => one.kind === "lifecycle" && one.event === event && one.detail === detail);
    const create = (flags = 0, more: Partial<Parameters<typeof domainXml>[1]> = {}): Promise<DomainRef> =>
      client.call(domainCreateXml, { xml: domainXml(image, { name: "web", uuid, ...more }), flags });
    const field = (text: string, name: string) =>
      new RegExp(`^${name}: *(.*)$`, "mu").exec(text)?.[1]?.trim();

    it("says of the machine what virsh says", async () => {
      const [seen, told] = [await client.call(procedures.nodeGetInfo, null), await node.virsh("nodeinfo")];
      assert.equal(field(told, "CPU model"), seen.model);
      assert.equal(field(told, "CPU\\(s\\)"), String(seen.cpus));
      assert.equal(field(told, "Memory size"), `${seen.memoryKiB} KiB`);
      assert.equal(await client.call(procedures.connectGetHostname, null), "node1");
      assert.equal(await client.call(procedures.connectGetUri, null), "qemu:///system");
      const capabilities = await client.call(procedures.connectGetCapabilities, null);
      sameText(capabilities, await node.virsh("capabilities"));
      const stats = await client.call(procedures.nodeGetMemoryStats, { count: 4, cell: -1, flags: 0 });
      const total = stats.find((stat) => stat.field === "total");
      assert.equal(String(total?.value), /total *: *(\d+)/.exec(await node.virsh("nodememstats"))?.[1]);
      const times = await client.call(procedures.nodeGetCpuStats, { cpu: -1, count: 4, flags: 0 });
      assert.ok(times.some((stat) => stat.field === "idle" && stat.value > 0n));
      assert.ok((await client.call(procedures.nodeGetFreeMemory, null)) > 0);
      const version = await client.call(procedures.connectGetLibVersion, null);
      assert.match(await node.virsh("version", "--daemon"), new RegExp(`libvirt ${dotted(version)}`));
    });

    it("compares CPUs as virsh does", async () => {
      const any = { emulator: null, arch: null, machine: null, virtType: "qemu" };
      const cpu = (model: string) => `<cpu mode='custom' match='exact'><model>${model}</model></cpu>`;
      const compare = (model: string) =>
        client.call(connectCompareHypervisorCpu, { ...any, xml: cpu(model), flags: 0 });
      assert.equal(await compare("qemu64"), "superset");
      await assert.rejects(compare("no-such-model"), LibvirtError);
      const capabilities = await client.call(procedures.connectGetDomainCapabilities, { ...any, flags: 0 });
      sameText(capabilities, await node.virsh("domcapabilities", "--virttype", "qemu"));
      const host = /<mode name='host-model'[^>]*>(.*?)<\/mode>/su.exec(capabilities)?.[1];
      assert.ok(host !== undefined);
      const xmls = [`<cpu mode='custom'>${host}</cpu>`];
      const baseline = await client.call(procedures.connectBaselineHypervisorCpu, { ...any, xmls, flags: 0 });
      assert.match(baseline, /<model fallback='forbid'>/);
    });

    it("makes, reads and ends a transient domain, and hears of it", async () => {
      const domain = await create(createFlags.paused);
      assert.deepEqual([domain.name, domain.uuid], ["web", uuid]);
      const { state, maxMemoryKiB, cpus } = await client.call(domainGetInfo, domain);
      assert.deepEqual([state, maxMemoryKiB, cpus], ["paused", 80 * 1024, 1]);
      assert.equal(field(await node.virsh("dominfo", "web"), "Max memory"), `${maxMemoryKiB} KiB`);
      assert.equal(await client.call(procedures.domainIsPersistent, domain), false);
      await client.call(domainResume, domain);
      const status = { domain, flags: 0 };
      assert.deepEqual(await client.call(domainGetState, status), { state: "running", reason: "unpaused" });
      for (const [flags, ...options] of [
        [0] as const,
        [xmlFlags.inactive, "--inactive"] as const,
        [xmlFlags.migratable, "--migratable"] as const,
      ]) {
        const told = await node.virsh("dumpxml", "web", ...options);
        sameText(await client.call(domainGetXmlDesc, { domain, flags }), told);
      }
      await heardLifecycle("started", "booted");
      await client.call(domainDestroy, status);
      await heardLifecycle("stopped", "destroyed");
      await assert.rejects(client.call(domainGetInfo, domain), refused("noDomain"));
    });

    it("refuses a second domain of one name, and a domain that breaks the schema", async () => {
      await create();
      const other = { name: "web", uuid: uuid.replace(/1$/u, "2") };
      await assert.rejects(
        client.call(domainCreateXml, { xml: domainXml(image, other), flags: 0 }),
        refused("operationFailed"),
      );
      const odd = create(createFlags.validate, { devices: "<carrier-pigeon/>" });
      await assert.rejects(odd, refused("xmlInvalidSchema"));
    });

    it("keeps metadata, and hears of its change", async () => {
      const domain = await create();
      const element = { domain, type: metadataTypes.element, uri: "urn:keel:test", flags: impactFlags.live };
      await assert.rejects(client.call(domainGetMetadata, element), refused("noMetadata"));
      await client.call(domainSetMetadata, { ...element, metadata: "<vm epoch='7'>wéb</vm>", key: "keel" });
      assert.match(await client.call(domainGetMetadata, element), /<vm epoch="7">wéb<\/vm>/);
      const told = await node.virsh("metadata", "web", "--uri", "urn:keel:test", "--live");
      sameText(await client.call(domainGetMetadata, element), told);
      await heard((event) => event.kind === "metadata-change" && event.uri === "urn:keel:test");
      await client.call(domainSetMetadata, { ...element, metadata: null, key: null });
      await assert.rejects(client.call(domainGetMetadata, element), refused("noMetadata"));
    });

    it("adds a processor and a device, and hears of the device", async () => {
      const domain = await create(0, { cpus: 2 });
      const live = { domain, flags: impactFlags.live };
      await client.call(domainSetVcpus, { ...live, cpus: 2 });
      assert.equal(await client.call(domainGetVcpus, { domain, flags: vcpuFlags.live }), 2);
      assert.match(await node.virsh("vcpucount", "web", "--live", "--active"), /^2/);
      await assert.rejects(client.call(domainSetVcpus, { ...live, cpus: 3 }), refused("invalidArgument"));
      const xml = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>";
      await client.call(domainAttachDevice, { ...live, xml });
      await heard((event) => event.kind === "device-added" && event.alias === "rng0");
      assert.match(await client.call(domainGetXmlDesc, live), /<rng model='virtio'>/);
    });

    it("resets a domain, which stays the same run, and hears of it", async () => {
      const domain = await create();
      await client.call(domainReset, { domain, flags: 0 });
      await heard((event) => event.kind === "reboot");
      assert.equal((await client.call(domainLookupByName, "web")).id, domain.id);
    });

    it("reads statistics of all domains, typed", async () => {
      const domain = await create();
      const all = { domains: [], stats: 0, flags: 0 };
      const [stats] = await client.call(procedures.connectGetAllDomainStats, all);
      assert.deepEqual(stats?.domain, domain);
      const state = stats.params.find((param) => param.field === "state.state");
      assert.deepEqual(state, { field: "state.state", type: "int", value: 1 });
      assert.ok(stats.params.some((param) => param.field === "cpu.time" && param.type === "ullong"));
    });

    it("lets nothing wait for guests that hang, however many calls they hold up", async () => {
      const hung = await Promise.all(
        Array.from({ length: 5 }, (_, index) =>
          create(0, { name: `hung${index}`, uuid: uuid.replace(/1$/u, String(index + 2)) }),
        ),
      );
      const pids = await node.pidsOf("guest=hung");
      const signalAll = (signal: "SIGSTOP" | "SIGKILL") => {
        for (const pid of pids) process.kill(pid, signal);
      };
      signalAll("SIGSTOP");
      const pressed = hung.map((domain) =>
        client.call(domainShutdown, { domain, flags: shutdownFlags.acpiPowerButton }, { timeoutMs: null }),
      );
      const ends = Promise.allSettled(pressed);
      const domain = await create();
      await client.call(domainSuspend, domain);
      assert.equal((await client.call(domainGetState, { domain, flags: 0 })).state, "paused");
      const unanswered = Symbol("unanswered");
      assert.equal(await Promise.race([...pressed, Promise.resolve(unanswered)]), unanswered);
      // libvirt would wait ten seconds before it ends them so.
      signalAll("SIGKILL");
      await ends;
      while ((await client.call(connectListAllDomains, { flags: 0 })).length > 1) await systemClock.sleep(20);
    });

    it("gives each of many refusals to its own call", async () => {
      const lookup: Procedure<string, DomainRef> = domainLookupByName;
      const names = Array.from({ length: 100 }, (_, index) => `nobody-${index}`);
      const results = await Promise.allSettled(names.map((name) => client.call(lookup, name)));
      const wrong = results.filter(
        (result, index) =>
          result.status !== "rejected" || !String(result.reason).includes(`'nobody-${index}'`),
      );
      assert.deepEqual(wrong, []);
    });

    it("hears again after libvirtd was killed, and finds the domain as it was", async () => {
      const domain = await create();
      const [pid] = await node.pidsOf("guest=web");
      assert.ok(pid !== undefined);
      events.length = 0;
      await node.killLibvirtd();
      await heard((event) => event.kind === "disconnected");
      await node.startLibvirtd();
      await heard((event) => event.kind === "connected");
      assert.deepEqual(await client.call(domainLookupByName, "web"), domain);
      assert.deepEqual(await node.pidsOf("guest=web"), [pid]);
      // Told only once libvirtd has taken the domain up again; before that, nothing should be done to it.
      await client.call(procedures.domainGetJobStats, { domain, flags: 0 });
      await client.call(domainDestroy, { domain, flags: 0 });
      await heardLifecycle("stopped", "destroyed");
    });
  });
});

/** Whole documents: where they differ, neither is worth printing. virsh ends them with newlines of its own. */
function sameText(ours: string, theirs: string): void {
  assert.ok(ours.trim() === theirs.trim(), "virsh says something else");
}

function dotted(version: number): string {
  return [Math.floor(version / 1_000_000), Math.floor(version / 1_000) % 1_000, version % 1_000].join(".");
}
