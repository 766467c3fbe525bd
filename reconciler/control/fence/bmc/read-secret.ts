import { constants } from "node:fs";
import { open, realpath, type FileHandle } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import type { SecretReference } from "../../../model/desired.ts";
import { unreachable } from "../../../model/unreachable.ts";

/** Where secrets are found on this machine. */
export interface SecretPlaces {
  /** The secrets folder, absolute. */
  readonly folder: string;
  /** The desired state, which everybody reads and which no secret may lie in; null: not on this machine. */
  readonly desired: string | null;
  /** Of this process; `CREDENTIALS_DIRECTORY` is systemd's. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `why` says what to do, and never what was read. */
export type Secret =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly why: string };

const sizeMax = 4_096;

/** The secret, read anew at each use and kept nowhere. Never rejects. */
export async function readSecret(reference: SecretReference, places: SecretPlaces): Promise<Secret> {
  switch (reference.from) {
    case "file":
      return readSecretFile(reference.path, places);
    case "credential":
      return readCredential(reference.name, places);
    case "env":
      return readVariable(reference.name, places);
    default:
      return unreachable(reference);
  }
}

async function readSecretFile(path: string, { folder, desired }: SecretPlaces): Promise<Secret> {
  const file = join(folder, path);
  if (!isInside(folder, file)) return no(`the secret ${path} leads out of ${folder}: name it without ..`);
  if (desired !== null && isInside(await real(desired), await real(file))) {
    return no(
      `${file} lies inside the desired state: move the secrets folder out of it, and change the secret`,
    );
  }
  const opened = await openFile(file);
  if (typeof opened === "string") {
    return no(`${opened}: put the password there, with mode 0600, or name the folder with KEEL_SECRETS`);
  }
  await using handle = opened;
  const { mode, size, uid } = await handle.stat();
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) return no(`${file} is no file`);
  if ((mode & 0o077) !== 0) return no(`${file} may be read by others: chmod 600 ${file}`);
  const own = process.getuid?.() ?? uid;
  if (uid !== own && uid !== 0)
    return no(`${file} belongs to another user: chown it to the one that runs this`);
  if (size > sizeMax) return no(`${file} is larger than a secret is: ${size} bytes`);
  return checked(file, await handle.readFile("utf8"));
}

async function readCredential(name: string, { env }: SecretPlaces): Promise<Secret> {
  const folder = env["CREDENTIALS_DIRECTORY"];
  if (folder === undefined || folder === "") {
    return no(`no credentials were handed over: add LoadCredential=${name} to the service, or name a file`);
  }
  const file = join(folder, name);
  const opened = await openFile(file);
  if (typeof opened === "string") return no(`${opened}: add LoadCredential=${name} to the service`);
  await using handle = opened;
  return checked(`the credential ${name}`, await handle.readFile("utf8"));
}

function readVariable(name: string, { env }: SecretPlaces): Secret {
  const value = env[name];
  return value === undefined
    ? no(`the variable ${name} is not set: set it in the environment of the service`)
    : checked(`the variable ${name}`, value);
}

/** One line; the line break that editors put at its end is no part of it. */
function checked(place: string, text: string): Secret {
  const value = text.replace(/\r?\n$/u, "");
  if (value === "") return no(`${place} is empty`);
  if (/[\u0000\r\n]/u.test(value)) return no(`${place} is more than one line`);
  return { ok: true, value };
}

/** Or what is wrong with it. A link is not followed: what it leads to may be anybody's. */
async function openFile(file: string): Promise<FileHandle | string> {
  try {
    return await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ENOTDIR") return `${file} is not there`;
    if (code === "ELOOP") return `${file} is a link, which is not followed`;
    return `${file} cannot be read (${String(code)})`;
  }
}

async function real(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}

function no(why: string): Secret {
  return { ok: false, why };
}
