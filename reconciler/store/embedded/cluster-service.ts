import type * as messages from "./messages.ts";
import { header, unary, type ServerContext } from "./server-context.ts";

/** The protocol spoken, as clients ask for it. */
const version = "3.4.0";

/** What etcd's Maintenance service says of a cluster's health: here it has one member, which leads. */
export function maintenanceService(context: ServerContext) {
  const { core, journal } = context;
  return {
    status: unary(context, (): messages.StatusResponse => ({
      header: header(context),
      version,
      dbSize: journal.bytes,
      dbSizeInUse: journal.bytes,
      leader: "1",
      raftIndex: core.revision,
      raftTerm: 1,
      raftAppliedIndex: core.revision,
    })),
  };
}

/** The part of etcd's Cluster service that tells who is there. */
export function clusterService(context: ServerContext) {
  return {
    memberList: unary(context, (): messages.MemberListResponse => ({
      header: header(context),
      members: [{ ID: "1", name: "embedded", clientURLs: [context.endpoint] }],
    })),
  };
}
