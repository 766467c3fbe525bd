/** What reading a folder costs: cold, and after one file has changed, through to the new plan. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderReader } from "../reconciler/desired/load/folder-reader.ts";
import type { Desired } from "../reconciler/model/desired.ts";
import { plan } from "../reconciler/plan/plan.ts";
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { ModelCluster } from "../test/support/plan/model-cluster.ts";
import { documents, machines } from "./generated-cluster.ts";
import type { Report } from "./report.ts";

export const name = "folder";

const sizes = [
  { vms: 100, nodes: 10 },
  { vms: 1_000, nodes: 32 },
  { vms: 10_000, nodes: 100 },
] as const;

export async function run(report: Report): Promise<void> {
  for (const { vms, nodes } of sizes) {
    const folder = await mkdtemp(join(tmpdir(), "keel-bench-"));
    try {
      await measure(report, folder, vms, nodes);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
}

async function measure(report: Report, folder: string, vms: number, nodes: number): Promise<void> {
  const written = documents(vms, nodes);
  for (const document of written) {
    await writeFile(join(folder, `${document.kind.toLowerCase()}-${document.name}.yaml`), yaml(document));
  }
  const label = `${String(vms)} one-VM files`;
  const options = { folder, clock: systemClock, host: "here", simulated: true };
  await report.time(`read and validate cold, ${label}`, () => read(new FolderReader(options)));

  const reader = new FolderReader(options);
  const cluster = new ModelCluster(written, machines(nodes, vms));
  cluster.converge(undefined, 10);
  const input = cluster.input();
  await read(reader);
  let memory = 1;
  const file = join(folder, "vm-vm0.yaml");
  await report.time(`one changed file to the new plan, ${label}`, async () => {
    memory = (memory % 1000) + 1;
    await writeFile(file, `kind: VM\nname: vm0\nmemory: ${String(512 + memory)}MiB\n`);
    return plan({ ...input, desired: await read(reader) });
  });
  report.figure(`resident memory after that, ${label}`, process.memoryUsage().rss / 2 ** 20, "MiB");
}

async function read(reader: FolderReader): Promise<Desired> {
  const result = await reader.read();
  if (!result.ok) throw new Error(result.issues[0]?.message ?? "the folder is not legal");
  return result.desired;
}

/** JSON is YAML; one field a line, as people write it. */
function yaml(document: Readonly<Record<string, unknown>>): string {
  return Object.entries(document)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}\n`)
    .join("");
}
