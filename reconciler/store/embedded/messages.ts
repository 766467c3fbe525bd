/**
 * The messages of etcd's v3 protocol that the embedded server takes and gives, as `protocol.ts` has them decoded:
 * every field is there, 64 bit numbers are text, bytes are buffers, a `oneof` names the field that is set.
 */

export interface Header {
  readonly cluster_id: string;
  readonly member_id: string;
  readonly revision: number;
  readonly raft_term: number;
}

export interface KeyValueMessage {
  readonly key: Buffer;
  readonly create_revision: number;
  readonly mod_revision: number;
  readonly version: number;
  readonly value: Buffer;
  readonly lease: string;
}

export interface RangeRequest {
  readonly key: Buffer;
  readonly range_end: Buffer;
  readonly limit: string;
  readonly revision: string;
  /** None, ascending, descending. */
  readonly sort_order: number;
  /** Key, version, create, mod, value. */
  readonly sort_target: number;
  readonly keys_only: boolean;
  readonly count_only: boolean;
  readonly min_mod_revision: string;
  readonly max_mod_revision: string;
  readonly min_create_revision: string;
  readonly max_create_revision: string;
}

export interface RangeResponse {
  readonly header: Header;
  readonly kvs: readonly KeyValueMessage[];
  readonly more: boolean;
  readonly count: number;
}

export interface PutRequest {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly lease: string;
  readonly prev_kv: boolean;
  readonly ignore_value: boolean;
  readonly ignore_lease: boolean;
}

export interface PutResponse {
  readonly header: Header;
  readonly prev_kv?: KeyValueMessage;
}

export interface DeleteRangeRequest {
  readonly key: Buffer;
  readonly range_end: Buffer;
  readonly prev_kv: boolean;
}

export interface DeleteRangeResponse {
  readonly header: Header;
  readonly deleted: number;
  readonly prev_kvs: readonly KeyValueMessage[];
}

export type RequestOp =
  | { readonly request: "request_range"; readonly request_range: RangeRequest }
  | { readonly request: "request_put"; readonly request_put: PutRequest }
  | { readonly request: "request_delete_range"; readonly request_delete_range: DeleteRangeRequest }
  | { readonly request: "request_txn" }
  | { readonly request?: undefined };

export type ResponseOp =
  | { readonly response_range: RangeResponse }
  | { readonly response_put: PutResponse }
  | { readonly response_delete_range: DeleteRangeResponse };

export interface CompareMessage {
  /** Equal, greater, less, not equal. */
  readonly result: number;
  /** Version, create, mod, value, lease. */
  readonly target: number;
  readonly key: Buffer;
  readonly range_end: Buffer;
  /** Of these only the one that `target` names is set; a missing one is 0 or empty. */
  readonly version?: string;
  readonly create_revision?: string;
  readonly mod_revision?: string;
  readonly value?: Buffer;
  readonly lease?: string;
}

export interface TxnRequest {
  readonly compare: readonly CompareMessage[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: Header;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}

export interface CompactionRequest {
  readonly revision: string;
}

export interface HeaderResponse {
  readonly header: Header;
}

export interface WatchCreateRequest {
  readonly key: Buffer;
  readonly range_end: Buffer;
  /** 0: from the next revision on. */
  readonly start_revision: string;
  /** No puts, no deletes. */
  readonly filters: readonly number[];
  readonly prev_kv: boolean;
  /** 0: the server chooses. */
  readonly watch_id: string;
}

export type WatchRequest =
  | { readonly request_union: "create_request"; readonly create_request: WatchCreateRequest }
  | { readonly request_union: "cancel_request"; readonly cancel_request: { readonly watch_id: string } }
  | { readonly request_union: "progress_request" }
  | { readonly request_union?: undefined };

export interface EventMessage {
  /** Put, delete. */
  readonly type: 0 | 1;
  readonly kv: Partial<KeyValueMessage>;
  readonly prev_kv?: KeyValueMessage;
}

export interface WatchResponse {
  readonly header: Header;
  readonly watch_id: number;
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly compact_revision?: number;
  readonly cancel_reason?: string;
  readonly events?: readonly EventMessage[];
}

export interface LeaseGrantRequest {
  /** Seconds. */
  readonly TTL: string;
  /** 0: the server chooses. */
  readonly ID: string;
}

export interface LeaseGrantResponse {
  readonly header: Header;
  readonly ID: string;
  readonly TTL: number;
}

export interface LeaseRequest {
  readonly ID: string;
}

export interface LeaseKeepAliveResponse {
  readonly header: Header;
  readonly ID: string;
  /** 0: the lease is gone. */
  readonly TTL: number;
}

export interface LeaseTimeToLiveRequest {
  readonly ID: string;
  readonly keys: boolean;
}

export interface LeaseTimeToLiveResponse {
  readonly header: Header;
  readonly ID: string;
  /** -1: the lease is gone. */
  readonly TTL: number;
  readonly grantedTTL: number;
  readonly keys: readonly Buffer[];
}

export interface LeaseLeasesResponse {
  readonly header: Header;
  readonly leases: readonly { readonly ID: string }[];
}

export interface AlarmRequest {
  /** Get, activate, deactivate. */
  readonly action: number;
  /** 0: all members. */
  readonly memberID: string;
  /** None (which asks for all), no space, corrupt. */
  readonly alarm: number;
}

export interface AlarmResponse {
  readonly header: Header;
  readonly alarms: readonly { readonly memberID: string; readonly alarm: number }[];
}

export interface StatusResponse {
  readonly header: Header;
  readonly version: string;
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  readonly leader: string;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  /** The alarms that are raised, as etcd writes them. */
  readonly errors: readonly string[];
}

export interface MemberListResponse {
  readonly header: Header;
  readonly members: readonly {
    readonly ID: string;
    readonly name: string;
    readonly clientURLs: readonly string[];
  }[];
}
