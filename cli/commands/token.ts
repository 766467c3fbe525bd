import { type Command, Option } from "commander";
import { type Role, roles } from "../../reconciler/api/caller.ts";
import { formatTime } from "../../reconciler/desired/times.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { duration, name } from "../option-values.ts";
import { listFormats } from "../output/listing-output.ts";

interface CreateOptions {
  readonly role: Role;
  readonly for: number;
}

/** Ninety days. */
const lastsMs = 90 * 86_400_000;

/** `keel token`: who may ask the API over the network. */
export function register(program: Command, context: ContextFactory): void {
  const group = program
    .command("token")
    .description("Who may ask the API over TLS: make tokens, list them, take them away.")
    .helpCommand(false);
  const create = group
    .command("create")
    .description("Make a token. It is shown this once; the store keeps a digest of it.")
    .argument("<name>", "what it is for", name)
    .addOption(
      new Option("--role <role>", "viewer: looks. operator: also changes. admin: also approves")
        .choices(roles)
        .default("viewer"),
    )
    .option("--for <duration>", "how long it is good, such as 12h (default: 90 days)", duration, lastsMs)
    .action(async (which: string, options: CreateOptions, self: Command) => {
      await using run = context(self);
      await createToken(which, options, run);
    });
  withExamples(create, [
    ["keel token create grafana", "may look, for 90 days"],
    ["keel token create ci --role operator --for 2160h > ci.token", "only the token is written to the file"],
  ]);
  const list = group
    .command("list")
    .description("List them: role, who made each, until when it is good.")
    .action(async (_: unknown, self: Command) => {
      await using run = context(self);
      await listTokens(run);
    });
  withExamples(list, [["keel token list -o json", "for a program"]]);
  const revoke = group
    .command("revoke")
    .description("Take a token away: from now on it lets nobody in.")
    .argument("<name>", "its name", name)
    .action(async (which: string, _: unknown, self: Command) => {
      await using run = context(self);
      const [tokens, store, { keys }] = await parts(run);
      await tokens.revokeToken(store, keys, which);
      run.out(`The token ${which} lets nobody in any more.`);
    });
  withExamples(revoke, [["keel token revoke ci", "at once, in every API of the cluster"]]);
}

function parts(context: Context) {
  return Promise.all([import("../../reconciler/api/tokens.ts"), context.store(), context.cluster()]);
}

async function createToken(which: string, options: CreateOptions, context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const [tokens, store, { keys }] = await parts(context);
  const { user: by, clock, random } = context;
  const wanted = { name: which, role: options.role, by, now: clock.now(), forMs: options.for, random };
  const { token, record } = await tokens.createToken(store, keys, wanted);
  const { role, expiresAt } = record;
  if (format !== "table") {
    const { printData } = await import("../output/answer.ts");
    await printData(context, format, { name: which, role, expiresAt, token });
    return;
  }
  context.out(token);
  context.err(`Its role is ${role}; it is good until ${formatTime(expiresAt)}, and not shown again.`);
}

async function listTokens(context: Context): Promise<void> {
  const format = context.format(listFormats);
  const [tokens, store, { keys }] = await parts(context);
  const [{ tokensListed }, { printLists }] = await Promise.all([
    import("../listings/tokens.ts"),
    import("../output/listing-output.ts"),
  ]);
  const records = await tokens.listTokens(store, keys);
  if (records.length === 0 && (format === "table" || format === "wide")) {
    context.err("There are no tokens here.");
    return;
  }
  await printLists(context, [tokensListed(records, context.clock.now())], { format, headings: true });
}
