import { X509Certificate } from "node:crypto";
import type { Command } from "commander";
import { KeelError } from "../../../reconciler/model/errors.ts";
import type { RoleSetup } from "../../../reconciler/store/etcd/role-setup.ts";
import type { Access } from "../../../reconciler/store/roles.ts";
import type { RoleChange, RolePlan } from "../../../reconciler/store/roles-plan.ts";
import type { Context, ContextFactory } from "../../context.ts";
import { readCredentials } from "../../discovery.ts";
import { withExamples } from "../../examples.ts";
import { name } from "../../option-values.ts";

interface RolesOptions {
  readonly node: readonly string[];
  readonly apply: boolean;
  readonly yes: boolean;
  readonly prune: boolean;
  readonly enableAuth: boolean;
}

/** `keel store roles`: a role for each part, so that the store itself keeps everybody to their own keys. */
export function register(store: Command, context: ContextFactory): void {
  const roles = store
    .command("roles")
    .description("Show, or set up, who may read and write what in an etcd that asks for certificates.")
    .option(
      "--node <name>",
      "a node of the cluster; may be given again; else those that were applied",
      nodes,
      [],
    )
    .option("--apply", "set them up", false)
    .option("--prune", "also take away the roles of nodes that are not named", false)
    .option("--enable-auth", "at the end, let the store refuse everybody else", false)
    .option("-y, --yes", "do not ask", false)
    .action(async (options: RolesOptions, command: Command) => {
      await using run = context(command);
      await setUpRoles(options, run);
    });
  withExamples(roles, [
    ["keel store roles --node hv1 --node hv2", "what each part may do, and what would be changed"],
    [
      "keel store roles --node hv1 --node hv2 --apply --enable-auth",
      "set it up, with the certificate of root",
    ],
    ["keel store roles --node hv1 -o commands", "the same for etcdctl"],
  ]);
}

function nodes(text: string, before: readonly string[]): readonly string[] {
  return [...before, name(text)];
}

async function setUpRoles(options: RolesOptions, context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml", "commands"]);
  const [{ accessOf }, { planRoles, planRoot }] = await Promise.all([
    import("../../../reconciler/store/roles.ts"),
    import("../../../reconciler/store/roles-plan.ts"),
  ]);
  const { name: cluster } = await context.cluster();
  const access = accessOf(cluster, await nodesOf(options, context));
  const setup = await connect(context);
  try {
    if (options.enableAuth) await refuseLockOut(context);
    const present = await setup.read();
    const { changes, left } = planRoles(access, present, { cluster, prune: options.prune });
    const plan = { changes: [...changes, ...(options.enableAuth ? planRoot(present) : [])], left };
    await tell(format, { access, plan, enableAuth: options.enableAuth }, context);
    if (options.apply) await apply(setup, plan.changes, options, context);
  } finally {
    setup.close();
  }
}

async function nodesOf(options: RolesOptions, context: Context): Promise<readonly string[]> {
  if (options.node.length > 0) return options.node;
  const { state } = await context.feed();
  const applied = [...state.desired.nodes.keys()];
  if (applied.length > 0) return applied;
  throw new KeelError("usage", {
    problem: "Nothing is applied yet, so name the nodes: --node hv1 --node hv2.",
  });
}

async function connect(context: Context): Promise<RoleSetup> {
  const [endpoints, credentials] = await Promise.all([
    context.endpoints(),
    readCredentials(context.world.env),
  ]);
  if (endpoints.some((endpoint) => endpoint.startsWith("unix:"))) {
    throw new KeelError("refused", {
      what: "Setting up roles",
      why: "this is the embedded store; whoever may open its socket may do all",
      advice: "Its folder and its socket are its owner's alone. Roles are for an etcd.",
    });
  }
  const { RoleSetup } = await import("../../../reconciler/store/etcd/role-setup.ts");
  const { clock } = context;
  return new RoleSetup({ endpoints, clock, ...(credentials === null ? {} : { credentials }) });
}

/**
 * With authentication on and no certificate asked for, nobody could get in any more: our users have no passwords. And
 * who is not root could not undo it.
 */
async function refuseLockOut(context: Context): Promise<void> {
  const credentials = await readCredentials(context.world.env);
  const own = credentials?.certChain === undefined ? null : commonName(credentials.certChain);
  if (own !== "root") {
    const who = own === null ? "you show no certificate" : `your certificate is that of ${own}`;
    throw lockOut(who, "Show a certificate with the common name root: KEEL_STORE_CERT, KEEL_STORE_KEY.");
  }
  if (credentials === null) return;
  const { RoleSetup } = await import("../../../reconciler/store/etcd/role-setup.ts");
  for (const endpoint of await context.endpoints()) {
    const { rootCertificate } = credentials;
    const nobody = new RoleSetup({
      endpoints: [endpoint],
      clock: context.clock,
      credentials: { rootCertificate },
    });
    const answered = await nobody.answers().finally(() => nobody.close());
    if (answered)
      throw lockOut(`${endpoint} asks for no certificate`, "Start etcd with --client-cert-auth first.");
  }
}

function lockOut(why: string, advice: string): KeelError {
  return new KeelError("refused", { what: "Turning authentication on", why, advice });
}

function commonName(certificate: Buffer): string | null {
  return /^CN=(?<name>.*)$/mu.exec(new X509Certificate(certificate).subject)?.groups?.["name"] ?? null;
}

interface Answer {
  readonly access: Access;
  readonly plan: RolePlan;
  readonly enableAuth: boolean;
}

async function tell(
  format: "table" | "json" | "yaml" | "commands",
  answer: Answer,
  context: Context,
): Promise<void> {
  const { access, plan } = answer;
  if (format === "commands") {
    const { etcdctlCommand } = await import("../../../reconciler/store/roles-commands.ts");
    for (const change of plan.changes) context.out(etcdctlCommand(change));
    if (answer.enableAuth) context.out("etcdctl auth enable");
    return;
  }
  if (format === "table") {
    const { rolesText } = await import("../../output/roles-text.ts");
    (await import("../../output/paint.ts")).print(context, rolesText(access, plan));
    return;
  }
  await (await import("../../output/answer.ts")).printData(context, format, { ...access, ...plan });
}

async function apply(
  setup: RoleSetup,
  changes: readonly RoleChange[],
  options: RolesOptions,
  context: Context,
): Promise<void> {
  if (changes.length > 0 || options.enableAuth) {
    if (!options.yes) await context.confirm(question(changes, options));
    for (const change of changes) await setup.change(change);
    if (options.enableAuth) await setup.enable();
  }
  const auth = options.enableAuth ? " Authentication is on." : "";
  context.err(`${String(changes.length)} changes made.${auth}`);
}

function question(changes: readonly RoleChange[], { enableAuth }: RolesOptions): string {
  const auth = enableAuth ? " and turn authentication on" : "";
  return `Make these ${String(changes.length)} changes in the store's roles${auth}? Only \`yes\` is yes: `;
}
