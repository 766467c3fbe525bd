import type { Clock } from "../reconciler/model/clock.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { Placement } from "../reconciler/model/placement.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import type { ClusterKeys } from "../reconciler/store/keys.ts";
import type { Store } from "../reconciler/store/store.ts";
import type { StoreTrust } from "../reconciler/store/trust/trust.ts";
import type { Hypervisor } from "./hypervisor/hypervisor.ts";
import type { KeyView } from "./key-view.ts";
import type { Lookout } from "./lookout.ts";
import type { Publisher } from "./publisher.ts";
import type { Standing } from "./standing.ts";

/** What all workers of an agent share. */
export interface Workshop {
  readonly node: NodeName;
  readonly keys: ClusterKeys;
  readonly store: Store;
  readonly hypervisor: Hypervisor;
  readonly clock: Clock;
  readonly log: Log;
  readonly lookout: Lookout;
  readonly publisher: Publisher;
  readonly standing: Standing;
  readonly trust: StoreTrust;
  readonly placements: KeyView<Placement>;
  readonly willEnd: (domainId: string) => void;
  readonly reportEveryMs: number;
}
