/** The power device of a machine made of namespaces: speaks IPMI, kills the machine's first process, or boots it. */
import { type FSWatcher, existsSync, mkdirSync, watch } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { IpmiSimulator } from "../fence/ipmi-simulator.ts";

export interface PowerDeviceOptions {
  /** Empty, of its own. */
  readonly folder: string;
  /** Of the machine's mainboard, as UUIDs are written. */
  readonly systemUuid: string;
  /** The words that start a program in the network of the reconciler. */
  readonly launcher: readonly string[];
  /** Somebody switches it on. */
  readonly boot: () => void;
}

export class PowerDevice {
  readonly simulator: IpmiSimulator;
  readonly #options: PowerDeviceOptions;
  readonly #watcher: FSWatcher;
  #isOn = false;

  private constructor(options: PowerDeviceOptions, simulator: IpmiSimulator) {
    this.simulator = simulator;
    this.#options = options;
    this.#watcher = watch(options.folder, () => {
      this.#look();
    });
  }

  static async install(options: PowerDeviceOptions): Promise<PowerDevice> {
    const { folder, systemUuid, launcher } = options;
    mkdirSync(join(folder, "bmc"), { recursive: true });
    const guid = systemUuid.replaceAll("-", "");
    const power = switchScript(folder);
    const simulator = await IpmiSimulator.start({ folder: join(folder, "bmc"), guid, power, launcher });
    return new PowerDevice(options, simulator);
  }

  /** The machine is up, by whatever switched it on. @param pid its first process, as this machine counts */
  async isUp(pid: number): Promise<void> {
    const { folder } = this.#options;
    await writeFile(join(folder, "first-process"), `${pid}\n`);
    this.#isOn = true;
    await writeFile(join(folder, "is-on"), "");
  }

  async close(): Promise<void> {
    this.#watcher.close();
    await this.simulator.close();
  }

  #look(): void {
    const isOn = existsSync(join(this.#options.folder, "is-on"));
    if (isOn && !this.#isOn) this.#options.boot();
    this.#isOn = isOn;
  }
}

/** A machine that hangs, or whose kernel has panicked, is on; one is off when nothing of it is left. */
function switchScript(folder: string): string {
  return `first=$(cat '${folder}/first-process' 2>/dev/null)
lives() { [ -n "$first" ] && grep -q node-init "/proc/$first/cmdline" 2>/dev/null; }
case $1 in
  get) if [ -e '${folder}/is-on' ]; then echo 1; else echo 0; fi;;
  on) [ -e '${folder}/is-on' ] || : > '${folder}/is-on';;
  off)
    if lives; then kill -s KILL "$first"; fi
    while lives; do :; done
    rm -f '${folder}/is-on';;
esac
`;
}
