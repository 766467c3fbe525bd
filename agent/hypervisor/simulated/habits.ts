import type { VmName } from "../../../reconciler/model/names.ts";

export type AcpiHabit = "obey" | "ignore";
export type MigrationHabit = "ok" | "fail" | "hang";

/**
 * How guests behave, wherever they run: whether they heed their power button, and what becomes of their migrations.
 * Shared by all machines of a simulation, so that a habit moves along with its guest.
 */
export class Habits {
  readonly #acpi = new Map<VmName, AcpiHabit>();
  readonly #migration = new Map<VmName, MigrationHabit>();
  readonly #listeners = new Set<() => void>();

  acpi(vm: VmName): AcpiHabit {
    return this.#acpi.get(vm) ?? "obey";
  }

  migration(vm: VmName): MigrationHabit {
    return this.#migration.get(vm) ?? "ok";
  }

  setAcpi(vm: VmName, habit: AcpiHabit): void {
    this.#acpi.set(vm, habit);
    this.#tell();
  }

  /** From now on, a migration under way included. */
  setMigration(vm: VmName, habit: MigrationHabit): void {
    this.#migration.set(vm, habit);
    this.#tell();
  }

  /** The guest goes on as it was under another name. */
  rename(from: VmName, to: VmName): void {
    moveKey(this.#acpi, from, to);
    moveKey(this.#migration, from, to);
    this.#tell();
  }

  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function moveKey<T>(habits: Map<VmName, T>, from: VmName, to: VmName): void {
  const habit = habits.get(from);
  if (habit === undefined) return;
  habits.delete(from);
  habits.set(to, habit);
}
