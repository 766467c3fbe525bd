/** The commands of `keel`, in the order of its help. */
import type { Command } from "commander";
import type { ContextFactory } from "../context.ts";
import * as agent from "./agent.ts";
import * as api from "./api.ts";
import * as apply from "./apply.ts";
import * as approve from "./approve.ts";
import * as completion from "./completion.ts";
import * as describe from "./describe.ts";
import * as diff from "./diff.ts";
import * as drift from "./drift.ts";
import * as edit from "./edit.ts";
import * as events from "./events.ts";
import * as explain from "./explain.ts";
import * as fence from "./fence/index.ts";
import * as fmt from "./fmt.ts";
import * as get from "./get.ts";
import * as heartbeat from "./heartbeat.ts";
import * as history from "./history.ts";
import * as importCommand from "./import.ts";
import * as init from "./init.ts";
import * as maintenance from "./maintenance.ts";
import * as network from "./network.ts";
import * as node from "./node/index.ts";
import * as plan from "./plan.ts";
import * as profile from "./profile.ts";
import * as reconciler from "./reconciler.ts";
import * as report from "./report.ts";
import * as rollback from "./rollback.ts";
import * as schema from "./schema.ts";
import * as simulate from "./simulate.ts";
import * as simulatedHost from "./simulated-host.ts";
import * as status from "./status.ts";
import * as store from "./store/index.ts";
import * as token from "./token.ts";
import * as tui from "./tui.ts";
import * as up from "./up.ts";
import * as validate from "./validate.ts";
import * as vm from "./vm/index.ts";
import * as why from "./why.ts";

export type Register = (program: Command, context: ContextFactory) => void;

/** Each under its heading in the help. */
export const commandGroups: readonly { readonly heading: string; readonly commands: readonly Register[] }[] =
  [
    { heading: "Begin:", commands: [init.register, importCommand.register, up.register] },
    {
      heading: "Change:",
      commands: [
        validate.register,
        simulate.register,
        plan.register,
        apply.register,
        approve.register,
        rollback.register,
        vm.register,
        node.register,
        maintenance.register,
      ],
    },
    {
      heading: "Look:",
      commands: [
        status.register,
        get.register,
        describe.register,
        why.register,
        events.register,
        drift.register,
        fence.register,
        history.register,
        diff.register,
        network.register,
        profile.register,
        report.register,
        tui.register,
      ],
    },
    {
      heading: "Write:",
      commands: [edit.register, fmt.register, explain.register, schema.register, completion.register],
    },
    {
      heading: "Daemons:",
      commands: [
        reconciler.register,
        agent.register,
        heartbeat.register,
        api.register,
        token.register,
        store.register,
        simulatedHost.register,
      ],
    },
  ];
