import type { KnownAgent } from "../../model/fence-agent.ts";
import type { Schema } from "../../domain-xml/schema/compile-schema.ts";

/** What the desired state depends on besides the documents. */
export interface ResolveOptions {
  /** This machine's name: the one node's, where no Node document says otherwise. Whoever stores documents stores it too. */
  readonly host: string;
  /** Whether nodes are simulated here, so that `bmc: { agent: simulated }` is legal. */
  readonly simulated?: boolean;
  /** Absolute paths of the folder and of the secrets, where they are known: one must not hold the other. */
  readonly folder?: string;
  readonly secretsFolder?: string;
  /** What this machine's fence agents say of themselves, by name; left out: their options are not checked. */
  readonly fenceAgents?: Pick<ReadonlyMap<string, KnownAgent>, "get">;
  /**
   * libvirt's schema of domains, for those that come as XML; null: not installed, which is warned about. Left out:
   * nothing is checked by it, since it was before the documents were stored.
   */
  readonly domainSchema?: () => Schema | null;
}
