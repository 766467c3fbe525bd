import type * as messages from "./messages.ts";
import { header, unary, type ServerContext } from "./server-context.ts";

/** The part of etcd's Cluster service that tells who is there. */
export function clusterService(context: ServerContext) {
  return {
    memberList: unary(context, (): messages.MemberListResponse => ({
      header: header(context),
      members: [{ ID: "1", name: "embedded", clientURLs: [context.endpoint] }],
    })),
  };
}
