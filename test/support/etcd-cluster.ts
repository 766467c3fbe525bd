/** Real etcd members on loopback, for tests that kill and stop them. */
import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import type { StoreCredentials } from "../../reconciler/store/etcd/endpoints.ts";
import { EtcdMember } from "./etcd-member.ts";

export interface EtcdClusterOptions {
  readonly members?: 1 | 3;
  /** More flags of etcd, for every member; they come last, so they win. */
  readonly extraArgs?: readonly string[];
  /** Of what clients connect to; `https` needs certificates among the flags. */
  readonly scheme?: "http" | "https";
  readonly quotaBytes?: number;
  /** Clients reach them on every address of this machine, not on loopback alone. */
  readonly isOpen?: boolean;
  /** Of this machine, one for each member, by which it is told from the others; left out: all have the same. */
  readonly addresses?: readonly string[];
  /** With what to ask whether a member is there, where it wants certificates. */
  readonly credentials?: StoreCredentials;
  /** Where the members run; left out: here. */
  readonly network?: EtcdNetwork;
}

/** A network that this process is not in; it reaches the members by Unix sockets. */
export interface EtcdNetwork {
  readonly address: string;
  /** The words that start a program there. */
  readonly launcher: readonly string[];
}

const electsWithinMs = 30_000;
/** In the folder of each member. etcd wants it to look like a host with a port. */
const socketName = "client:1";

export class EtcdCluster {
  readonly members: readonly EtcdMember[];
  /** By which it is reached in its network. */
  readonly networkEndpoints: readonly string[];
  readonly #base: string;

  constructor(base: string, planned: readonly PlannedMember[]) {
    this.#base = base;
    this.members = planned.map(({ member }) => member);
    this.networkEndpoints = planned.map(({ url }) => url);
  }

  get endpoints(): readonly string[] {
    return this.members.map(({ endpoint }) => endpoint);
  }

  /** Resolves once all members answer that run. */
  async ready(): Promise<void> {
    await Promise.all(this.members.filter(({ runs }) => runs).map((member) => member.ready()));
  }

  /** The member that leads, waiting for an election where one is on. One that is paused does not count. */
  async leader(): Promise<EtcdMember> {
    const giveUpAt = systemClock.monotonic() + electsWithinMs;
    while (systemClock.monotonic() < giveUpAt) {
      const running = this.members.filter(({ runs }) => runs);
      const states = await Promise.all(
        running.map(async (member) => ({ member, state: await member.state() })),
      );
      const terms = states.map(({ state }) => state?.term ?? 0);
      const newest = Math.max(...terms);
      const leader = states.find(({ state }) => state?.leads === true && state.term === newest);
      if (leader !== undefined) return leader.member;
      await systemClock.sleep(50);
    }
    throw new Error("no member leads");
  }

  /** Any member that runs and does not lead. */
  async follower(): Promise<EtcdMember> {
    const leader = await this.leader();
    const follower = this.members.find((member) => member.runs && member !== leader);
    if (follower === undefined) throw new Error("all that runs is the leader");
    return follower;
  }

  /** The endpoints, this member's first: a client asks it before the others. */
  endpointsFrom(first: EtcdMember): readonly string[] {
    return [first.endpoint, ...this.endpoints.filter((endpoint) => endpoint !== first.endpoint)];
  }

  /** Ends all members and takes their files away. */
  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
    await rm(this.#base, { recursive: true, force: true });
  }
}

/** Resolves once all members answer. A lease lives 1 s at least where there is one member, else 2 s. */
export async function startEtcdCluster(options: EtcdClusterOptions = {}): Promise<EtcdCluster> {
  const base = await mkdtemp(join(tmpdir(), "keel-etcd-"));
  const cluster = new EtcdCluster(base, await makeMembers(base, options));
  try {
    await Promise.all(cluster.members.map((member) => member.start()));
    await cluster.ready();
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}

interface PlannedMember {
  readonly member: EtcdMember;
  readonly url: string;
}

async function makeMembers(base: string, options: EtcdClusterOptions): Promise<readonly PlannedMember[]> {
  const {
    members = 1,
    scheme = "http",
    quotaBytes,
    credentials,
    isOpen = false,
    addresses = [],
    extraArgs = [],
    network,
  } = options;
  const planned: { readonly name: string; readonly client: string; readonly peer: string }[] = [];
  for (let n = 1; n <= members; n += 1) {
    const address = addresses[n - 1] ?? "127.0.0.1";
    planned.push({
      name: `m${n}`,
      client: `${scheme}://${network?.address ?? address}:${await freePort(address)}`,
      peer: `http://${address}:${await freePort(address)}`,
    });
  }
  const shared = [
    ...["--unsafe-no-fsync", "--logger", "zap", "--log-level", "error"],
    ...["--initial-cluster", planned.map(({ name, peer }) => `${name}=${peer}`).join(",")],
    ...(members === 1
      ? ["--heartbeat-interval", "50", "--election-timeout", "500"]
      : ["--heartbeat-interval", "100", "--election-timeout", "1000"]),
    ...(quotaBytes === undefined ? [] : ["--quota-backend-bytes", String(quotaBytes)]),
  ];
  return planned.map(({ name, client, peer }) => {
    const here = isOpen ? client.replace(new URL(client).hostname, "0.0.0.0") : client;
    const listen = network === undefined ? here : `${client},unix://${socketName}`;
    const clientUrls = ["--listen-client-urls", listen, "--advertise-client-urls", client];
    const peerUrls = ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer];
    const member = new EtcdMember({
      name,
      endpoint: network === undefined ? client : `unix:${join(base, name, socketName)}`,
      base,
      args: [...shared, ...clientUrls, ...peerUrls, ...extraArgs],
      ...(network === undefined ? {} : { launcher: network.launcher }),
      ...(credentials === undefined ? {} : { credentials }),
    });
    return { member, url: client };
  });
}

/**
 * A port below those that the system gives to whoever asks: a member that is started again finds it free still.
 */
async function freePort(address: string): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(10_000, 32_000);
    if (await isFree(port, address)) return port;
  }
  throw new Error("no port is free");
}

function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
