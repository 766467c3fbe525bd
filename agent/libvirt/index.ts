/** What the package offers. */
export { type ClientOptions, LibvirtClient } from "./client.ts";
export { type CallOptions, Connection, type ConnectionOptions } from "./connection/connection.ts";
export type { KeepaliveOptions } from "./connection/keepalive.ts";
export type { Address, TlsFiles } from "./connection/transport.ts";
export {
  DecodeError,
  errorCodes,
  type ErrorReply,
  LibvirtError,
  LinkError,
  type LinkErrorCode,
} from "./errors.ts";
export { type EventStreamOptions, openEventStream, type StreamEvent } from "./event-stream.ts";
export { Pool, type PoolOptions } from "./pool.ts";
export type { CpuComparison, CpuContext, NodeStats, NodeSummary } from "./protocol/connect-procedures.ts";
export type { BlockSummary, DomainStats, DomainStatus, DomainSummary } from "./protocol/domain-procedures.ts";
export { type DomainEvent, type EventKind, eventKinds, type LifecycleEvent } from "./protocol/events.ts";
export * from "./protocol/flags.ts";
export { type JobStats, migrateParams } from "./protocol/migration-procedures.ts";
export type { Lane, Procedure } from "./protocol/procedure.ts";
export { procedures } from "./protocol/procedures.ts";
export { type DomainState, type JobType, jobOperations } from "./protocol/states.ts";
export { numberOf, type TypedParam } from "./protocol/typed-params.ts";
export type { DomainRef } from "./protocol/values.ts";
export type { TimeSource } from "./time-source.ts";
export { parseUri, type ParsedUri } from "./uri.ts";
