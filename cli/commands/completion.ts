import { Argument, type Command } from "commander";
import { shells, type Shell } from "../completion/scripts.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";

/** `keel completion SHELL`, and `keel complete`, which the scripts of the shells ask. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("completion")
    .description("Print what makes a shell complete commands, options, and names of the cluster.")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(shells))
    .action(async (shell: Shell, _options: object, self: Command) => {
      await using run = context(self);
      const { completionScript } = await import("../completion/scripts.ts");
      run.world.stdout.write(completionScript(shell));
    });
  withExamples(command, [
    ["keel completion fish | source", "in ~/.config/fish/config.fish"],
    ["source <(keel completion bash)", "in ~/.bashrc; the same with zsh in ~/.zshrc, after compinit"],
    ["keel completion bash > /etc/bash_completion.d/keel", "for everybody on this machine"],
  ]);
  program
    .command("complete", { hidden: true })
    .description("Say what may stand where the cursor is, a line each.")
    .argument("[words...]", "the line as far as it is typed, without `keel`")
    .action(async (words: readonly string[], _options: object, self: Command) => {
      const { optionsSaid } = await import("../completion/complete.ts");
      for (const [name, value] of optionsSaid(program, words)) program.setOptionValue(name, value);
      await using run = context(self);
      await tellCandidates(program, words, run);
    });
}

async function tellCandidates(program: Command, words: readonly string[], context: Context): Promise<void> {
  const { complete } = await import("../completion/complete.ts");
  const { namesFor } = await import("../completion/names.ts");
  const { candidates, wanted, prefix, said } = complete(program, words);
  if (wanted === "file" || wanted === "folder") {
    context.out(`:${wanted}`);
    return;
  }
  const names = wanted === null ? [] : await namesFor(context, wanted);
  for (const name of names) if (!said.includes(name)) context.out(prefix + name);
  for (const { word, meaning } of candidates)
    context.out(meaning === "" ? prefix + word : `${prefix}${word}\t${meaning}`);
}
