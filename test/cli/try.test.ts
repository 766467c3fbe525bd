import { it } from "node:test";
import { Bench } from "./bench.ts";
import { writeSmallCluster } from "./documents.ts";

it("tries", async () => {
  await using bench = await Bench.open();
  await writeSmallCluster(bench);
  const show = async (line: string, options = {}) => {
    const t = await bench.keel(line, options);
    process.stdout.write(`$ ${t.command}\n${t.text}[exit ${t.exit}]\n\n`);
  };
  await show("validate");
  await show("plan");
  await show("apply", { answer: "yes" });
  await show("plan --detailed-exitcode");
  await show("get vm");
  await show("get vm -o wide");
  await show("get nodes");
  await show("get all");
  await show("why vm/web1");
  await show("describe vm/web1");
  await show("events");
  await show("get vm web1 -o json");
  await show("get vm web1 -o yaml");
  await bench.write("lab.yaml", (await import("./documents.ts")).labYaml.replace("name: hv2\n", "name: hv2\nstate: flushed\n"));
  await bench.write("db.yaml", (await import("./documents.ts")).dbYaml.replace("memory: 4GiB", "memory: 6GiB").replace("cpus: 2","cpus: 7"));
  await show("plan");
  await show("plan -o markdown");
  await show("apply -y", { tty: true });
  bench.cluster.machine("hv1").alter("web1", { memoryBytes: 3 * 2 ** 30 });
  await bench.clock.advance(5000);
  await show("drift");
  await show("plan");
  await show("apply -y");
  await show("why vm/web2");
});
