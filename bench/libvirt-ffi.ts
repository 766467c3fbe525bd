/** libvirt's own library through koffi, as far as a benchmark needs it. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface FfiDomain {
  /** `virDomainState`, on this thread. */
  state(): number;
  /** The same, on a thread of the pool. */
  stateByThread(): Promise<number>;
}

type Call = (...args: readonly unknown[]) => unknown;

/** `virDomainInfo` is smaller; its first field is the state. */
const structBytes = 64;

/** @param folder where koffi is; null is returned where that is not said */
export async function libvirtByFfi(
  folder: string | undefined,
  uri: string,
  domain: string,
): Promise<FfiDomain | null> {
  if (folder === undefined) return null;
  const koffi: unknown = await import(pathToFileURL(join(folder, "index.js")).href);
  const library = method(member(koffi, "default"), "load")("libvirt.so.0");
  const define = method(library, "func");
  const open = callable(define("void *virConnectOpen(const char *uri)"));
  const lookup = callable(define("void *virDomainLookupByName(void *connection, const char *name)"));
  const ask = define("int virDomainGetInfo(void *domain, void *info)");
  const found = lookup(open(uri), domain);
  const [call, callByThread] = [callable(ask), method(ask, "async")];
  return {
    state: () => {
      const bytes = Buffer.alloc(structBytes);
      return stateIn(call(found, bytes), bytes);
    },
    stateByThread: () => {
      const bytes = Buffer.alloc(structBytes);
      return new Promise((resolve, reject) => {
        callByThread(found, bytes, (error: unknown, result: unknown) => {
          if (error instanceof Error) reject(error);
          else resolve(stateIn(result, bytes));
        });
      });
    },
  };
}

function stateIn(result: unknown, bytes: Buffer): number {
  if (result !== 0) throw new Error("virDomainGetInfo failed");
  return bytes.readUInt8(0);
}

function member(value: unknown, name: string): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) {
    throw new TypeError(`koffi has no ${name}`);
  }
  return Reflect.get(value, name);
}

function method(value: unknown, name: string): Call {
  return callable(member(value, name), value);
}

function callable(value: unknown, self?: unknown): Call {
  if (typeof value !== "function") throw new TypeError("koffi has another form than this is written for");
  return (...args) => {
    const result: unknown = Reflect.apply(value, self, args);
    return result;
  };
}
