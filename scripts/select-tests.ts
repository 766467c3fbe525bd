/** Which test files can run on this machine. Pure; `run-tests.ts` asks the machine. */

/** A test file and the programs that its `// Needs:` line names. */
export interface TestFile {
  readonly path: string;
  readonly needs: readonly string[];
  /** It takes minutes, and is run where it is asked for by its path. */
  readonly isLong: boolean;
}

export interface Selection {
  readonly run: readonly string[];
  readonly leftOut: readonly { readonly path: string; readonly missing: readonly string[] }[];
}

/** `// Needs: etcd, tmux` on a line of its own. */
const needsLine = /^\/\/ Needs: (?<programs>[\w-]+(?:, [\w-]+)*)$/mu;

/** The programs that a test's source says it needs. */
export function programsNeeded(source: string): readonly string[] {
  return needsLine.exec(source)?.groups?.["programs"]?.split(", ") ?? [];
}

/** `// Long` on a line of its own. */
export function isLong(source: string): boolean {
  return /^\/\/ Long$/mu.test(source);
}

/** Tests whose path has one of `fragments` in it (none given: all but the long ones), parted by whether what they need is there. */
export function selectTests(
  tests: readonly TestFile[],
  fragments: readonly string[],
  isThere: (program: string) => boolean,
): Selection {
  const asked = tests.filter((test) =>
    fragments.length === 0 ? !test.isLong : fragments.some((fragment) => test.path.includes(fragment)),
  );
  const judged = asked.map((test) => ({
    path: test.path,
    missing: test.needs.filter((program) => !isThere(program)),
  }));
  return {
    run: judged.filter((test) => test.missing.length === 0).map((test) => test.path),
    leftOut: judged.filter((test) => test.missing.length > 0),
  };
}

/** Command → Debian package, from the text of `debian-packages.txt`. */
export function packagesByCommand(text: string): ReadonlyMap<string, string> {
  const rows = text
    .split("\n")
    .map((line) => line.replace(/#.*/u, "").trim())
    .filter((line) => line !== "");
  return new Map(
    rows.map((row) => {
      const [name = "", command = name] = row.split(/\s+/u);
      return [command, name];
    }),
  );
}
