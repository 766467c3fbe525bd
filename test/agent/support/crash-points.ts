import assert from "node:assert/strict";

import type { SimulatedHardware } from "../../../agent/hypervisor/simulated/settings.ts";
import type { StepOf } from "../../../reconciler/model/step.ts";
import { Fuse } from "./fuse.ts";
import { Lab } from "./lab.ts";

export interface CrashScenario {
  /** Whose agent is killed. */
  readonly victim: string;
  readonly nodes: readonly string[];
  /** Of the victim's machine. */
  readonly hardware?: Partial<SimulatedHardware>;
  /** Before the step is released. */
  readonly prepare?: (lab: Lab) => Promise<void>;
  /** Releases what is to be carried out and waits for its end. */
  readonly act: (lab: Lab) => Promise<void>;
  /** What must hold after it, wherever the agent was killed. */
  readonly check: (lab: Lab) => Promise<void>;
  /** How long the node has no agent. */
  readonly downMs?: number;
  /** From one point to the next that is tried. */
  readonly stride?: number;
}

/**
 * Carries the scenario out again and again, each time with the agent killed a point later, until it ends before the
 * agent would have been killed. Returns the number of points.
 */
export async function killAtEachPoint(scenario: CrashScenario): Promise<number> {
  for (let point = 1; ; point += scenario.stride ?? 1) {
    const blown = await killAt(point, scenario).catch((cause: unknown) => {
      throw new Error(`killed at point ${point}`, { cause });
    });
    if (!blown) return point - 1;
  }
}

async function killAt(point: number, scenario: CrashScenario): Promise<boolean> {
  const { victim, nodes, hardware = {}, prepare, act, check, downMs = 0 } = scenario;
  const lab = new Lab();
  try {
    const fuse = new Fuse();
    for (const name of nodes) {
      const isVictim = name === victim;
      await lab.node(name, isVictim ? { hardware } : {}, isVictim ? { fuse } : {});
    }
    await prepare?.(lab);
    await lab.clock.advance(1);
    const node = lab.find(victim);
    fuse.arm(point, () => {
      const killed = node.agent?.kill() ?? Promise.resolve();
      lab.clock.timer(downMs, () => void killed.then(() => node.startAgent()));
    });
    await act(lab);
    lab.assertNeverTwice();
    await check(lab);
    return fuse.reached;
  } finally {
    await lab.close();
  }
}

/** Both nodes told that it has moved. */
export async function assertMoved(lab: Lab, step: StepOf<"migrate">): Promise<void> {
  assert.equal((await lab.progress(step))?.phase, "done");
  assert.equal((await lab.progress(step, step.to))?.phase, "done");
  assert.deepEqual(lab.find(step.node).machine.active(), []);
  assert.deepEqual(lab.find(step.to).machine.active(), [step.vm]);
}
