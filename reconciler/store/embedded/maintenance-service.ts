import { status, type handleUnaryCall } from "@grpc/grpc-js";
import type * as messages from "./messages.ts";
import { errorAnswer, Refusal, stoppedRefusal } from "./refusal.ts";
import { header, unary, type ServerContext } from "./server-context.ts";

/** The protocol spoken, as clients ask for it. */
const version = "3.4.0";

/** etcd's numbers of what is asked about alarms, and of the one alarm there is here. */
const actions = { get: 0, activate: 1, deactivate: 2 } as const;
const alarms = { all: 0, noSpace: 1 } as const;

/** What of etcd's Maintenance service makes sense for one member, which leads. A backup reads the keys instead. */
export function maintenanceService(context: ServerContext) {
  return {
    status: unary(context, () => statusResponse(context)),
    alarm: unary(context, (request: messages.AlarmRequest) => alarm(context, request)),
    defragment: defragment(context),
  };
}

function statusResponse(context: ServerContext): messages.StatusResponse {
  const { core, journal, quota } = context;
  return {
    header: header(context),
    version,
    dbSize: journal.bytes,
    // A short log may take less than what it stands for.
    dbSizeInUse: Math.min(core.bytes, journal.bytes),
    leader: "1",
    raftIndex: core.revision,
    raftTerm: 1,
    raftAppliedIndex: core.revision,
    errors: quota.isRaised ? ["memberID:1 alarm:NOSPACE "] : [],
  };
}

function alarm(context: ServerContext, request: messages.AlarmRequest): messages.AlarmResponse {
  const { quota } = context;
  const meant = request.alarm === alarms.noSpace || request.alarm === alarms.all;
  const noSpace = { memberID: "1", alarm: alarms.noSpace };
  switch (request.action) {
    case actions.get:
      return { header: header(context), alarms: meant && quota.isRaised ? [noSpace] : [] };
    case actions.activate:
      if (request.alarm !== alarms.noSpace)
        throw new Refusal(status.INVALID_ARGUMENT, "only the alarm NOSPACE is known here");
      quota.raise();
      return { header: header(context), alarms: [noSpace] };
    case actions.deactivate: {
      const taken = meant && quota.isRaised ? [noSpace] : [];
      if (meant) quota.disarm();
      return { header: header(context), alarms: taken };
    }
    default:
      throw new Refusal(status.INVALID_ARGUMENT, "nothing known is asked about alarms");
  }
}

/** Writes the files anew, so that they hold only what is in use. Goes on serving meanwhile. */
function defragment(context: ServerContext): handleUnaryCall<object, messages.HeaderResponse> {
  return (_call, callback) => {
    context.journal.rewrite().then(
      () => callback(null, { header: header(context) }),
      (error: unknown) => callback(errorAnswer(stoppedRefusal(error))),
    );
  };
}
