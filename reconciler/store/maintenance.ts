/** What concerns a store as a whole, beside the records in it: its health, its size, its past. */
import type { Revision } from "./store.ts";

export interface StoreStatus {
  /** As in `Snapshot`. */
  readonly storeId: string;
  readonly revision: Revision;
  /** The server's own version. */
  readonly version: string;
  /** Bytes that its files take, and of them what is in use; what lies between is won back by defragmenting. */
  readonly bytes: number;
  readonly bytesInUse: number;
  /** What it may grow to. Null where the server does not tell: etcd's default is 2 GiB. */
  readonly quotaBytes: number | null;
  readonly alarms: readonly StoreAlarm[];
  readonly members: readonly StoreMember[];
}

export interface StoreAlarm {
  readonly member: string;
  /** `no-space`: it takes no writes but deletions and compactions. */
  readonly kind: "no-space" | "corrupt";
}

export interface StoreMember {
  readonly id: string;
  readonly name: string;
  readonly endpoint: string;
  /** Names and addresses of the machine that it runs on, as it tells its clients and its peers. */
  readonly hosts: readonly string[];
  readonly leader: boolean;
  /** It follows, and counts for no quorum. */
  readonly learner: boolean;
  /** Null: it answers. */
  readonly problem: string | null;
}

/** Beside `Store`, implemented by the etcd adapter (for etcd and the embedded server) and in memory. */
export interface StoreMaintenance {
  /** @throws StoreError where no member answers */
  status(): Promise<StoreStatus>;
  /** Forgets the past up to and including `revision`; watches that want it get `relist`. Done already: nothing. */
  compact(revision: Revision): Promise<void>;
  /** Gives the space of forgotten revisions back to the disk, one member after the other. */
  defragment(): Promise<void>;
  /** Takes a `no-space` alarm away; to be called once space was made. */
  disarm(): Promise<void>;
}
