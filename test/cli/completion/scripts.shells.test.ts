// Needs: zsh, fish
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { completionScript, shells, type Shell } from "../../../cli/completion/scripts.ts";
import { temporaryFolder } from "../run-keel.ts";

/** Stands in for `keel complete`: what it answers is tested in its own process; here it is what the shells make of it. */
const stub = `#!/bin/sh
case "$*" in
  "complete -- vm mig") printf 'migrate\\tRun VMs: elsewhere\\nunmigrate\\tHome\\n' ;;
  "complete -- vm migrate web1 --to=") printf -- '--to=hv1\\n--to=hv2\\n' ;;
  "complete -- vm start ") printf 'web1\\nweb2\\n' ;;
  "complete -- vm define ") echo :file ;;
esac
`;

/** The candidates that the shell itself shows for a line. */
const ask: Readonly<Record<Shell, (line: string) => readonly [string, ...string[]]>> = {
  bash: (line) => [
    "bash",
    "--norc",
    "-c",
    `source ./script; compopt() { :; }; COMP_LINE=$1 COMP_POINT=\${#1}; _keel; printf '%s\\n' "\${COMPREPLY[@]}"`,
    "-",
    line,
  ],
  zsh: (line) => [
    "zsh",
    "-f",
    "-c",
    `compdef() { :; }; _files() { print -l *; }; _describe() { print -l -- \${(P)argv[-1]}; }
     source ./script; words=("\${(@s: :)1}"); CURRENT=$#words; _keel`,
    "-",
    line,
  ],
  fish: (line) => ["fish", "--no-config", "-c", "source ./script; complete -C $argv[1]", line],
};

async function shown(test: TestContext, shell: Shell): Promise<(line: string) => readonly string[]> {
  const folder = await temporaryFolder(test);
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "work"));
  writeFileSync(join(folder, "bin/keel"), stub);
  chmodSync(join(folder, "bin/keel"), 0o755);
  const cwd = join(folder, "work");
  writeFileSync(join(cwd, "script"), completionScript(shell));
  const env = { PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`, HOME: folder, LANG: "C.UTF-8" };
  return (line) => {
    const [command, ...args] = ask[shell](line);
    return execFileSync(command, args, { cwd, env, encoding: "utf8" })
      .split("\n")
      .filter((each) => each !== "");
  };
}

describe("the completion of each shell", () => {
  for (const shell of shells) {
    it(`shows in ${shell} what keel answers, with its meaning where the shell can, and files`, async (test) => {
      const candidates = await shown(test, shell);
      const migrate = {
        bash: "migrate",
        zsh: "migrate:Run VMs: elsewhere",
        fish: "migrate\tRun VMs: elsewhere",
      };
      assert.equal(candidates("keel vm mig")[0], migrate[shell]);
      assert.deepEqual(candidates("keel vm start "), ["web1", "web2"]);
      const values = { bash: ["hv1", "hv2"], zsh: ["--to=hv1", "--to=hv2"], fish: ["--to=hv1", "--to=hv2"] };
      assert.deepEqual(candidates("keel vm migrate web1 --to="), values[shell]);
      assert.deepEqual(candidates("keel vm define "), ["script"]);
      assert.deepEqual(candidates("keel unknown "), []);
    });
  }
});
