import { type Hypervisor, HypervisorError } from "../../../agent/hypervisor/hypervisor.ts";

/** Stands around each call of a hypervisor. */
export type Tap = <T>(name: keyof Hypervisor, call: () => Promise<T>) => Promise<T>;

/** The same hypervisor, with every call of it going through the tap. */
export function tapped(hypervisor: Hypervisor, tap: Tap): Hypervisor {
  return {
    driver: hypervisor.driver,
    read: (...given) => tap("read", () => hypervisor.read(...given)),
    machine: (...given) => tap("machine", () => hypervisor.machine(...given)),
    start: (...given) => tap("start", () => hypervisor.start(...given)),
    pressPower: (...given) => tap("pressPower", () => hypervisor.pressPower(...given)),
    cut: (...given) => tap("cut", () => hypervisor.cut(...given)),
    change: (...given) => tap("change", () => hypervisor.change(...given)),
    adopt: (...given) => tap("adopt", () => hypervisor.adopt(...given)),
    relabel: (...given) => tap("relabel", () => hypervisor.relabel(...given)),
    migrate: (...given) => tap("migrate", () => hypervisor.migrate(...given)),
    abortMigration: (...given) => tap("abortMigration", () => hypervisor.abortMigration(...given)),
    resume: (...given) => tap("resume", () => hypervisor.resume(...given)),
    removeVolume: (...given) => tap("removeVolume", () => hypervisor.removeVolume(...given)),
    forgetEnd: (...given) => tap("forgetEnd", () => hypervisor.forgetEnd(...given)),
    onChange: (callback) => hypervisor.onChange(callback),
    close: () => hypervisor.close(),
  };
}

/** Calls that fail for as long as their name is in `broken`. */
export function breakable(hypervisor: Hypervisor, broken: ReadonlySet<keyof Hypervisor>): Hypervisor {
  return tapped(hypervisor, (name, call) => {
    if (broken.has(name)) throw new HypervisorError("unreachable", `${name} does not get through`);
    return call();
  });
}
