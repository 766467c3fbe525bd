import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { connectStore, type EtcdStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { Authority, type CertificateFiles, credentialsOf } from "./certificates.ts";
import { type EtcdCluster, startEtcdCluster } from "./etcd-cluster.ts";

/** One real etcd that asks its clients for certificates. Its files and certificates are in a folder of its own. */
export class SecuredEtcd {
  readonly folder: string;
  readonly authority: Authority;
  readonly #cluster: EtcdCluster;
  readonly #stores: EtcdStore[] = [];
  readonly #certificates = new Map<string, Promise<CertificateFiles>>();

  static async start(): Promise<SecuredEtcd> {
    const folder = await mkdtemp(join(tmpdir(), "keel-tls-"));
    try {
      const authority = new Authority(folder);
      const { ca, cert, key } = await authority.sign("server");
      const cluster = await startEtcdCluster({
        scheme: "https",
        credentials: await credentialsOf(await authority.sign("root")),
        extraArgs: [
          ...["--client-cert-auth", "--trusted-ca-file", ca],
          ...["--cert-file", cert, "--key-file", key],
        ],
      });
      return new SecuredEtcd(folder, cluster, authority);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(folder: string, cluster: EtcdCluster, authority: Authority) {
    this.folder = folder;
    this.#cluster = cluster;
    this.authority = authority;
  }

  get endpoint(): string {
    const [endpoint] = this.#cluster.endpoints;
    if (endpoint === undefined) throw new Error("it has no member");
    return endpoint;
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
    await this.#cluster.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
