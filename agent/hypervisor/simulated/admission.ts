/** What must hold before a machine makes a domain. */
import type { DiskSpec, DomainSpec } from "../../../reconciler/model/step.ts";
import { HypervisorError, type Machine } from "../hypervisor.ts";
import type { Volumes } from "./volumes.ts";

/** @throws HypervisorError `unsupported` */
export function requireDrivers(spec: DomainSpec, supports: Machine["supports"]): void {
  const types = [
    ...spec.nics.map(({ network }) => ({ type: network.type, drivers: supports.networks })),
    ...volumesOf(spec.disks).map(({ pool }) => ({ type: pool.type, drivers: supports.pools })),
  ];
  const missing = types.find(({ type, drivers }) => !drivers.includes(type));
  if (missing !== undefined) {
    throw new HypervisorError("unsupported", `there is no driver for ${missing.type}`);
  }
}

/**
 * Makes those volumes that may be made; none where one is missing that may not.
 *
 * @throws HypervisorError `volume-missing`
 */
export function prepareVolumes(disks: readonly DiskSpec[], volumes: Volumes): void {
  const wanted = volumesOf(disks);
  const missing = wanted.find(({ pool, volume, create }) => !create && !volumes.has(pool.name, volume));
  if (missing !== undefined) {
    const name = `${missing.pool.name}/${missing.volume}`;
    throw new HypervisorError("volume-missing", `volume ${name} existed once and is gone`);
  }
  for (const { pool, volume } of wanted) volumes.add(pool.name, volume);
}

function volumesOf(disks: readonly DiskSpec[]) {
  return disks.filter((disk) => disk.source === "volume");
}
