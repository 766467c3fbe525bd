import type { Command } from "commander";
import type { ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";

/** `keel schema`: for editors. Needs neither a store nor a folder. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("schema")
    .description("Print the JSON Schema of the documents, for editors that complete and check as one types.")
    .action(async (_options: object, self: Command) => {
      await using run = context(self);
      run.format(["json"]);
      const { publishedSchemaText } = await import("../../reconciler/desired/schema/published.ts");
      run.world.stdout.write(publishedSchemaText());
    });
  withExamples(command, [
    [
      "keel schema > cluster.schema.json",
      "then, in a document: # yaml-language-server: $schema=cluster.schema.json",
    ],
  ]);
}
