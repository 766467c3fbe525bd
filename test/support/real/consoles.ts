/** What guests wrote to their consoles, on all nodes: the witness that no process of ours can talk to. */
import assert from "node:assert/strict";
import type { TestGuests } from "../libvirt/guests.ts";
import type { LibvirtNode } from "../libvirt/libvirt-node.ts";

/** One boot of a guest. */
export interface Boot {
  readonly id: string;
  /** By the guest's own clock, in seconds. */
  readonly at: number;
  /** Each second it counts on, wherever it is: the node and the number. */
  readonly alive: readonly { readonly node: string; readonly count: number }[];
}

/** Whole lines, perhaps after the beginning of one that was cut short. */
const told = /GUEST-(?<word>UP|ALIVE) (?<boot>[0-9a-f-]{36}) (?<number>\d+)\r?\n/gu;

export class Consoles {
  readonly #guests: TestGuests;
  readonly #nodes: readonly LibvirtNode[];

  constructor(guests: TestGuests, nodes: readonly LibvirtNode[]) {
    this.#guests = guests;
    this.#nodes = nodes;
  }

  /** How often it booted, and what each of these runs told, oldest first. */
  async boots(vm: string): Promise<readonly Boot[]> {
    const up = new Map<string, number>();
    const alive: { readonly node: string; readonly boot: string; readonly count: number }[] = [];
    for (const node of this.#nodes) {
      for (const { groups } of (await this.#guests.console(node, vm)).matchAll(told)) {
        const { word, boot = "", number } = groups ?? {};
        if (word === "UP") up.set(boot, Number(number));
        else alive.push({ node: node.name, boot, count: Number(number) });
      }
    }
    return [...up]
      .map(([id, at]) => ({ id, at, alive: alive.filter(({ boot }) => boot === id) }))
      .sort((a, b) => a.at - b.at);
  }

  /**
   * It booted so often, and never ran twice at once: no second was counted by two copies of one run, and no run began
   * before the one before it had ended.
   */
  async prove(vm: string, boots: number): Promise<void> {
    const seen = await this.boots(vm);
    assert.equal(seen.length, boots, `${vm} booted ${seen.length} times`);
    seen.forEach(({ at, alive, id }, index) => {
      const counts = alive.map(({ count }) => count);
      assert.equal(
        new Set(counts).size,
        counts.length,
        `two copies of ${vm}, ${id}: ${JSON.stringify(alive)}`,
      );
      const next = seen[index + 1];
      // A guest counts no faster than seconds pass; both clocks are cut to whole ones.
      if (next !== undefined)
        assert.ok(next.at + 1 >= at + Math.max(0, ...counts), `${vm} overlaps ${next.id}`);
    });
  }
}
