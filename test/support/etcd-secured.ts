import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { connectStore, type EtcdStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { Authority, type CertificateFiles, credentialsOf } from "./certificates.ts";

/** One real etcd that asks its clients for certificates. Its files and certificates are in a folder of its own. */
export class SecuredEtcd {
  readonly endpoint: string;
  readonly folder: string;
  readonly authority: Authority;
  readonly #kill: () => Promise<void>;
  readonly #stores: EtcdStore[] = [];
  readonly #certificates = new Map<string, Promise<CertificateFiles>>();

  static async start(): Promise<SecuredEtcd> {
    const folder = await mkdtemp(join(tmpdir(), "keel-tls-"));
    const authority = new Authority(folder);
    const server = await authority.sign("server");
    const [client, peer] = [`https://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
    const child = spawn(
      "etcd",
      [
        ["--name", "m1", "--data-dir", join(folder, "etcd"), "--unsafe-no-fsync"],
        ["--logger", "zap", "--log-level", "panic"],
        ["--listen-client-urls", client, "--advertise-client-urls", client],
        [
          "--listen-peer-urls",
          peer,
          "--initial-advertise-peer-urls",
          peer,
          "--initial-cluster",
          `m1=${peer}`,
        ],
        ["--client-cert-auth", "--trusted-ca-file", server.ca],
        ["--cert-file", server.cert, "--key-file", server.key],
      ].flat(),
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const kill = (): Promise<void> => {
      child.kill("SIGKILL");
      return ended;
    };
    const etcd = new SecuredEtcd(folder, client, authority, kill);
    await etcd.#answers().catch(async (error: unknown) => {
      await etcd.close();
      throw error;
    });
    return etcd;
  }

  private constructor(folder: string, endpoint: string, authority: Authority, kill: () => Promise<void>) {
    this.folder = folder;
    this.endpoint = endpoint;
    this.authority = authority;
    this.#kill = kill;
  }

  /** A client with the certificate of that name, closed with this. */
  async connect(commonName: string): Promise<EtcdStore> {
    const credentials = await credentialsOf(await this.certificate(commonName));
    const store = connectStore({ endpoints: [this.endpoint], clock: systemClock, credentials });
    this.#stores.push(store);
    return store;
  }

  /** What commands read to be somebody. */
  async environment(commonName: string): Promise<Record<string, string>> {
    const { ca, cert, key } = await this.certificate(commonName);
    return {
      KEEL_STORE: this.endpoint,
      KEEL_STORE_CA: ca,
      KEEL_STORE_CERT: cert,
      KEEL_STORE_KEY: key,
    };
  }

  certificate(commonName: string): Promise<CertificateFiles> {
    const known = this.#certificates.get(commonName);
    if (known !== undefined) return known;
    const signed = this.authority.sign(commonName);
    this.#certificates.set(commonName, signed);
    return signed;
  }

  async close(): Promise<void> {
    for (const store of this.#stores) await store.close();
    await this.#kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #answers(): Promise<void> {
    const store = await this.connect("root");
    const giveUpAt = systemClock.monotonic() + 20_000;
    for (;;) {
      try {
        await store.get("ready");
        return;
      } catch (error) {
        if (systemClock.monotonic() > giveUpAt) throw new Error("etcd does not start", { cause: error });
      }
      await systemClock.sleep(50);
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("no port was given"));
      });
    });
    server.once("error", reject);
  });
}
