import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of its own for one test; gone when the test is: `await using folder = await temporaryFolder({…})`. */
export class TemporaryFolder implements AsyncDisposable {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  at(file: string): string {
    return join(this.path, file);
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(this.at(file)), { recursive: true });
    await writeFile(this.at(file), text);
  }

  read(file: string): Promise<string> {
    return readFile(this.at(file), "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** `files`: text by path. */
export async function temporaryFolder(
  files: Readonly<Record<string, string>> = {},
): Promise<TemporaryFolder> {
  const folder = new TemporaryFolder(await realpath(await mkdtemp(join(tmpdir(), "keel-desired-"))));
  for (const [file, text] of Object.entries(files)) await folder.write(file, text);
  return folder;
}
