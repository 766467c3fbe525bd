import { Command, Option } from "commander";
import { commandGroups } from "./commands/index.ts";
import type { ContextFactory } from "./context.ts";
import { withExamples } from "./examples.ts";
import { coloursOf, terminalOf } from "./terminal.ts";
import { programVersion } from "./version.ts";
import type { World } from "./world.ts";

/** The program, to be looked at: for what is made of its commands and options. */
export function describedProgram(): Command {
  return withCommands(new Command("keel"), () => {
    throw new TypeError("a program that is only described carries nothing out");
  });
}

/** The whole command line. Parsing errors, help and version come out of it as `CommanderError`; nothing ends the process. */
export function createProgram(world: World, context: ContextFactory): Command {
  const program = new Command("keel")
    .version(programVersion(), "-V, --version", "show the version")
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => terminalOf(world.stdout, world.env).columns,
      getErrHelpWidth: () => terminalOf(world.stderr, world.env).columns,
      getOutHasColors: () => coloursOf(world.stdout, world.env, "auto"),
      getErrHasColors: () => coloursOf(world.stderr, world.env, "auto"),
    })
    .exitOverride();
  return withCommands(program, context);
}

function withCommands(program: Command, context: ContextFactory): Command {
  program
    .description("Keeps a cluster of virtual machines as its files say.")
    .helpOption("-h, --help", "show this help")
    .addOption(
      new Option("--store <endpoint>", "the store: unix:/path, or http(s)://host:port, several with commas"),
    )
    .addOption(new Option("--cluster <name>", "the cluster, where the store holds several"))
    .addOption(new Option("-d, --dir <folder>", "the folder of the desired state").default("cluster.d"))
    .addOption(new Option("-o, --output <format>", "how the answer is written: table, json, …"))
    .addOption(new Option("--color <when>", "colours").choices(["always", "auto", "never"]).default("auto"))
    .addOption(new Option("--no-color", "the same as --color never"))
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError();
  for (const { heading, commands } of commandGroups) {
    program.commandsGroup(heading);
    for (const register of commands) register(program, context);
  }
  program.commandsGroup("Help:").helpCommand("help [command]", "Show the help of a command.");
  return withExamples(program, [
    ["keel init", "write a first cluster.d to begin with"],
    ["keel up", "run everything on this machine, with simulated nodes"],
    ["keel plan", "show what the edits in cluster.d would do"],
    ["keel apply", "do it"],
    ["keel why vm/web1", "ask why a VM is where it is, and as it is"],
  ]);
}
