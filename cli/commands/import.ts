import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { ImportedDomain } from "../../reconciler/desired/import/import-domain.ts";
import type { Loaded } from "../../reconciler/desired/load-result.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";

/** `keel import`: existing libvirt domains as documents of the folder. Touches neither the domains nor other files. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("import")
    .argument("<file...>", "what `virsh dumpxml DOMAIN` wrote")
    .option("--node <node>", "the home of all of them: where their data is")
    .description(
      "Write documents for existing libvirt domains. Their XML is kept as it is; nothing is overwritten.",
    )
    .action(async (files: readonly string[], options: { readonly node?: string }, self: Command) => {
      await using run = context(self);
      await importFiles(files, options.node ?? null, run);
    });
  withExamples(command, [
    ["keel import web1.xml --node hv1", "one domain of hv1, written by `virsh dumpxml web1 > web1.xml`"],
    ["keel import dumps/*.xml --node hv1", "all that were dumped there"],
  ]);
}

/** All of them are read before the first is written. */
async function importFiles(files: readonly string[], node: string | null, context: Context): Promise<void> {
  const { believedFolder } = await import("../folder.ts");
  const loaded = await believedFolder(context, { head: [], allowOrphan: null, isTold: true });
  const all: ImportedDomain[] = [];
  for (const file of files) {
    const imported = await read(file, loaded, all, context);
    all.push(imported);
  }
  for (const imported of all) await write(imported, node, context);
  context.out("");
  context.out(
    "Next: `keel validate`, then `keel plan`. A domain that runs is `state: disabled` here: shut it down",
  );
  context.out("where it runs and undefine it there, then take the line away, and Evenkeel starts it.");
}

/** @throws KeelError `refused` */
async function read(
  file: string,
  { desired }: Loaded,
  before: readonly ImportedDomain[],
  { world }: Context,
): Promise<ImportedDomain> {
  const text = await readFile(resolve(world.cwd, file), "utf8").catch((error: unknown) => {
    throw refusal(file, error instanceof Error ? error.message : "it cannot be read");
  });
  const { importDomain } = await import("../../reconciler/desired/import/import-domain.ts");
  const networks = [...desired.networks.values(), ...before.flatMap((one) => one.networks)];
  const bridges = new Map(
    networks.flatMap(({ type, bridge, name }) =>
      type === "bridge" && bridge != null ? [[bridge, name] as const] : [],
    ),
  );
  const result = importDomain(text, bridges);
  if (!result.ok) throw refusal(file, result.why);
  const { document } = result.imported;
  if (desired.vms.has(document.name) || before.some((one) => one.document.name === document.name)) {
    throw refusal(file, `there is a VM named ${document.name} already`);
  }
  const taken = result.imported.networks.find(({ name }) => networks.some((one) => one.name === name));
  if (taken !== undefined) {
    throw refusal(
      file,
      `the network ${taken.name} is there already, and is not the bridge ${taken.bridge ?? ""}`,
    );
  }
  return result.imported;
}

async function write(imported: ImportedDomain, node: string | null, context: Context): Promise<void> {
  const { documentYaml } = await import("../../reconciler/desired/yaml/write-yaml.ts");
  const { document, networks, file, xml, remarks } = imported;
  const placed = node === null ? document : { ...document, node };
  const yaml = [placed, ...networks].map((one) => documentYaml(one, "\n")).join("---\n");
  const files = [
    [file, xml],
    [`${document.name}.yaml`, yaml],
  ] as const;
  for (const [name, text] of files) {
    await writeFile(join(context.directory, name), text, { flag: "wx" }).catch((error: unknown) => {
      throw refusal(name, error instanceof Error ? error.message : "it cannot be written");
    });
    context.out(`wrote ${join(context.directoryName, name)}`);
  }
  for (const remark of remarks) context.out(`  ${document.name}: ${remark}`);
}

function refusal(file: string, why: string): KeelError {
  const advice = "Nothing that is there was changed; name a file that `virsh dumpxml DOMAIN` wrote.";
  return new KeelError("refused", { what: `Importing ${file}`, why, advice });
}
