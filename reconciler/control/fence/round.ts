/**
 * One round over all power devices of a node: ends with proof, or without. Off counts where every device read off
 * twice, `apartMs` apart; what a command said, an error and a contradiction count for nothing.
 */
import type { Clock } from "../../model/clock.ts";
import { describeReason, type Reason } from "../../model/reasons.ts";
import type { FenceDevice, PowerReading } from "./fence-device.ts";

export type RoundOutcome =
  | { readonly proven: true; readonly devices: readonly string[] }
  | { readonly proven: false; readonly why: string }
  /** Nothing was switched: it is not to be, now. */
  | { readonly proven: false; readonly refused: Reason };

/** Why the node is not to be switched off, asked in the last moment; null: it is. Rejects only when aborted. */
export type WhyNot = (signal: AbortSignal) => Promise<Reason | null>;

const nothingAgainst: WhyNot = () => Promise.resolve(null);

/** Between the two readings. */
const apartMs = 2_000;
/** How long a device may take to switch, after its command has ended and it was read once. */
const switchingMs = 20_000;
const pollMs = 1_000;

/** Reads first: off already is off. Rejects only when aborted. */
export async function runRound(
  devices: readonly FenceDevice[],
  clock: Clock,
  signal: AbortSignal,
  whyNot = nothingAgainst,
): Promise<RoundOutcome> {
  const first = await readAll(devices, signal);
  if (first.every(isOff)) return confirm(devices, clock, signal);
  const refused = await whyNot(signal);
  if (refused !== null) return { proven: false, refused };
  const isOn = (_: FenceDevice, index: number) => first[index]?.power !== "off";
  await Promise.all(devices.filter(isOn).map((device) => device.command("off", signal)));
  let deadline: number | null = null;
  for (;;) {
    const now = await readAll(devices, signal);
    if (now.every(isOff)) return confirm(devices, clock, signal);
    const problem = whyUnknown(devices, now);
    if (problem !== null) return { proven: false, why: problem };
    deadline ??= clock.monotonic() + switchingMs;
    if (clock.monotonic() >= deadline) return { proven: false, why: stillOn(devices, now) };
    await clock.sleep(pollMs, signal);
  }
}

/** What was begun by somebody else: ends with proof where all of it is off. Switches nothing; rejects only when aborted. */
export async function readOff(
  devices: readonly FenceDevice[],
  clock: Clock,
  signal: AbortSignal,
): Promise<RoundOutcome> {
  const first = await readAll(devices, signal);
  if (first.every(isOff)) return confirm(devices, clock, signal);
  return { proven: false, why: whyUnknown(devices, first) ?? partlyOn(devices, first) };
}

/** For people: of a round that did not prove anything. */
export function whyUnproven(outcome: Exclude<RoundOutcome, { readonly proven: true }>): string {
  return "refused" in outcome ? describeReason(outcome.refused) : outcome.why;
}

async function confirm(
  devices: readonly FenceDevice[],
  clock: Clock,
  signal: AbortSignal,
): Promise<RoundOutcome> {
  await clock.sleep(apartMs, signal);
  const again = await readAll(devices, signal);
  if (again.every(isOff)) return { proven: true, devices: devices.map(({ name }) => name) };
  const why = whyUnknown(devices, again) ?? `${stillOn(devices, again)}, and had read off before`;
  return { proven: false, why };
}

export function readAll(
  devices: readonly FenceDevice[],
  signal: AbortSignal,
): Promise<readonly PowerReading[]> {
  return Promise.all(devices.map((device) => device.read(signal)));
}

function isOff({ power }: PowerReading): boolean {
  return power === "off";
}

function whyUnknown(devices: readonly FenceDevice[], readings: readonly PowerReading[]): string | null {
  for (const [index, reading] of readings.entries()) {
    if (reading.power === "unknown") return `${devices[index]?.name ?? ""}: ${reading.why}`;
  }
  return null;
}

/** What was switched off already is told: nobody may switch it on again but people. */
function partlyOn(devices: readonly FenceDevice[], readings: readonly PowerReading[]): string {
  const off = devices.filter((_, index) => readings[index]?.power === "off").map(({ name }) => name);
  const on = stillOn(devices, readings);
  return off.length === 0 ? on : `${on}, ${off.join(", ")} reads off`;
}

function stillOn(devices: readonly FenceDevice[], readings: readonly PowerReading[]): string {
  const on = devices.filter((_, index) => readings[index]?.power === "on").map(({ name }) => name);
  return `${on.join(", ")} reads on`;
}

/** Powers a node on. Null: every device reads on; else why that is not so. Rejects only when aborted. */
export async function powerOn(
  devices: readonly FenceDevice[],
  clock: Clock,
  signal: AbortSignal,
): Promise<string | null> {
  const before = await readAll(devices, signal);
  const off = devices.filter((_, index) => before[index]?.power !== "on");
  await Promise.all(off.map((device) => device.command("on", signal)));
  let deadline: number | null = null;
  for (;;) {
    const now = await readAll(devices, signal);
    if (now.every(({ power }) => power === "on")) return null;
    deadline ??= clock.monotonic() + switchingMs;
    if (clock.monotonic() >= deadline) return whyUnknown(devices, now) ?? "a device still reads off";
    await clock.sleep(pollMs, signal);
  }
}
