import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { legalName } from "../../reconciler/desired/legal-name.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";

/** `keel init`: a first cluster.d to begin with. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("init")
    .argument("[folder]", "where to write it; what --dir says where left out")
    .description("Write a commented cluster.d to begin with. Nothing that is there is touched.")
    .action(async (folder: string | undefined, _options: unknown, self: Command) => {
      await using run = context(self);
      await init(folder, run);
    });
  withExamples(command, [
    ["keel init", "write ./cluster.d"],
    ["keel init lab/cluster.d", "for a cluster named lab"],
  ]);
}

async function init(folder: string | undefined, context: Context): Promise<void> {
  const { world, out } = context;
  const name = folder ?? context.directoryName;
  const directory = resolve(world.cwd, name);
  await requireEmpty(directory, name);
  const { starterCluster } = await import("../starter-cluster.ts");
  const files = starterCluster(legalName(basename(dirname(directory))) ?? "lab");
  await mkdir(directory, { recursive: true });
  for (const file of files) {
    await writeFile(join(directory, file.name), file.text, { flag: "wx" });
    out(`wrote ${join(name, file.name)}`);
  }
  const dir = name === "cluster.d" ? "" : ` --dir ${name}`;
  out("");
  out("Next:");
  out(`  keel validate${dir}    check it`);
  out(`  keel up${dir}          run it on this machine, with simulated nodes`);
  out(`  keel get vm${dir}      see it from a second terminal; then edit a file, and: keel plan${dir}`);
}

/** @throws KeelError `refused` where anything is there already */
async function requireEmpty(directory: string, name: string): Promise<void> {
  const found = await readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
  if (found.length === 0) return;
  throw new KeelError("refused", {
    what: `Writing to ${name}`,
    why: "there is something in it",
    advice: "Name another folder: `keel init FOLDER`.",
  });
}
