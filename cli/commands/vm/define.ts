import type { Command } from "commander";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { withVerbOptions } from "../../verbs/options.ts";
import type { VerbOptions } from "../../verbs/verb.ts";
import type { Definition } from "../../verbs/vm-define.ts";
import { metaOf, type MetaOptions, withMetaOptions } from "./meta.ts";

interface DefineOptions extends MetaOptions, VerbOptions {
  readonly node?: string;
}

/** `keel vm define`: documents, or a domain XML, into the folder. */
export function register(vm: Command, context: ContextFactory): void {
  const define = vm
    .command("define")
    .description("Take new VMs into the folder: documents as they are written, or a libvirt domain XML.")
    .argument("<file>", "YAML documents, or one domain XML; -: standard input")
    .option("--node <node>", "their home; left out: their selector chooses at the first start")
    .action(async (file: string, options: DefineOptions, self: Command) => {
      await using run = context(self);
      const { runVerb } = await import("../../verbs/run-verb.ts");
      const { defineVms } = await import("../../verbs/vm-define.ts");
      await runVerb(run, defineVms(await definitionOf(run, file, options)), options);
    });
  withExamples(withVerbOptions(withMetaOptions(define)), [
    ["keel vm define web9.yaml", "checked first; nothing is stored where it is wrong"],
    ["keel vm define - < web9.yaml", "the same"],
    ["keel vm define web9.xml --limits hv1,hv2", "off until `keel vm start web9`"],
  ]);
}

/** @throws KeelError `refused` where it is a domain XML that is wrong */
async function definitionOf(run: Context, file: string, options: DefineOptions): Promise<Definition> {
  const [{ readDefinition }, { isXmlText }, { metaFields }] = await Promise.all([
    import("../../verbs/read-definition.ts"),
    import("../../../reconciler/desired/resolve/domain-xml.ts"),
    import("../../verbs/vm-meta.ts"),
  ]);
  const text = await readDefinition(run, file);
  const shown = file === "-" ? "the input" : file;
  if (isXmlText(text)) {
    const { refuseBadXml } = await import("../../refuse-bad-xml.ts");
    refuseBadXml(run, text, { file: shown, what: `Defining what ${shown} says` });
  }
  const { node } = options;
  const fields = { ...(node === undefined ? {} : { node }), ...metaFields(metaOf(options)) };
  return { text, file: shown, fields };
}
