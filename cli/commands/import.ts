import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { ImportedDomain } from "../../reconciler/desired/import/import-domain.ts";
import type { Desired } from "../../reconciler/model/desired.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { fromFiles, fromNodes, type ImportSource, refusal } from "../import-sources.ts";

interface ImportOptions {
  readonly node?: string;
  readonly libvirt: string;
}

interface Found {
  readonly source: ImportSource;
  readonly imported: ImportedDomain;
}

/** `keel import`: existing libvirt domains as documents of the folder. Touches neither the domains nor other files. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("import")
    .argument(
      "[file...]",
      "what `virsh dumpxml DOMAIN` wrote; none: every domain of the nodes that is nobody's",
    )
    .option("--node <node>", "of this node alone; of files, the home of all of them: where their data is")
    .option("--libvirt <uri>", "by which the nodes' libvirt is reached", "qemu+tls://{address}/system")
    .description(
      "Write documents for existing libvirt domains. Their XML is kept as it is; nothing is overwritten.",
    )
    .action(async (files: readonly string[], options: ImportOptions, self: Command) => {
      await using run = context(self);
      await importDomains(files, options, run);
    });
  withExamples(command, [
    ["keel import", "all domains of all nodes, running or defined; what runs is taken over as it runs"],
    ["keel import --node hv1 --libvirt qemu:///system", "those of this machine, which is hv1"],
    ["keel import web1.xml --node hv1", "one domain of hv1, written by `virsh dumpxml web1 > web1.xml`"],
  ]);
}

/** All of them are read before the first is written. */
async function importDomains(
  files: readonly string[],
  options: ImportOptions,
  context: Context,
): Promise<void> {
  const { believedFolder } = await import("../folder.ts");
  const { desired } = await believedFolder(context, { head: [], allowOrphan: null, isTold: true });
  const node = options.node ?? null;
  const isLive = files.length === 0;
  const sources = isLive
    ? await fromNodes(desired, node, options.libvirt, context)
    : await fromFiles(files, node, context);
  const all: Found[] = [];
  const { refuseBadXml } = await import("../refuse-bad-xml.ts");
  for (const source of sources) {
    const { title, xml } = source;
    if (!isLive) refuseBadXml(context, xml, { file: title, what: `Importing ${title}` });
    const imported = await read(source, desired, all);
    if (imported === null) context.out(`${title} is in the folder already`);
    else all.push({ source, imported });
  }
  for (const one of all) await write(one, context);
  tellWhatIsNext(all, isLive, context);
}

function tellWhatIsNext(all: readonly Found[], isLive: boolean, context: Context): void {
  if (isLive && all.length === 0) {
    context.out("There is nothing to import.");
    return;
  }
  context.out("");
  if (isLive) {
    context.out(
      "Next: `keel plan`, then `keel apply`. What runs is taken over as it runs; no guest notices.",
    );
    return;
  }
  context.out(
    "Next: `keel validate`, then `keel plan`. A domain that runs is `state: disabled` here: shut it down",
  );
  context.out("where it runs and undefine it there, then take the line away, and Evenkeel starts it.");
}

/** null: it was imported before. @throws KeelError `refused` */
async function read(
  source: ImportSource,
  desired: Desired,
  before: readonly Found[],
): Promise<ImportedDomain | null> {
  const { title, xml, isLive } = source;
  const { importDomain } = await import("../../reconciler/desired/import/import-domain.ts");
  const networks = [...desired.networks.values(), ...before.flatMap(({ imported }) => imported.networks)];
  const bridges = new Map(
    networks.flatMap(({ type, bridge, name }) =>
      type === "bridge" && bridge != null ? [[bridge, name] as const] : [],
    ),
  );
  const result = importDomain(xml, bridges, isLive ? "known" : "unknown");
  if (!result.ok) throw refusal(title, result.why);
  const { imported } = result;
  const { name } = imported.document;
  const known = (await uuidsOf(desired)).get(imported.uuid ?? "");
  if (isLive && known === name) return null;
  const other = known ?? before.find((one) => one.imported.uuid === imported.uuid)?.imported.document.name;
  if (imported.uuid !== null && other !== undefined && other !== name) {
    throw refusal(title, `its UUID ${imported.uuid} is that of the VM ${other}`);
  }
  if (desired.vms.has(name) || before.some((one) => one.imported.document.name === name)) {
    throw refusal(title, `there is a VM named ${name} already`);
  }
  const taken = imported.networks.find((one) => networks.some((network) => network.name === one.name));
  if (taken !== undefined) {
    throw refusal(
      title,
      `the network ${taken.name} is there already, and is not the bridge ${taken.bridge ?? ""}`,
    );
  }
  return imported;
}

/** The VMs of the folder by the UUID in their `domain.xml`. */
async function uuidsOf({ vms }: Desired): Promise<ReadonlyMap<string, string>> {
  const { uuidInXml } = await import("../../reconciler/domain-xml/read-domain.ts");
  return new Map(
    [...vms.values()].flatMap(({ name, domain }) => {
      const uuid = domain.xml === null ? null : uuidInXml(domain.xml);
      return uuid === null ? [] : [[uuid, name] as const];
    }),
  );
}

async function write({ source, imported }: Found, context: Context): Promise<void> {
  const { documentYaml } = await import("../../reconciler/desired/yaml/write-yaml.ts");
  const { document, networks, file, xml, remarks } = imported;
  const { node } = source;
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
  for (const remark of [...remarks, ...source.remarks]) context.out(`  ${document.name}: ${remark}`);
}
