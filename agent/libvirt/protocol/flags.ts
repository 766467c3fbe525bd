/** The bits of the procedures' flags, joined with `|`. */

/** `virConnectListAllDomainsFlags`; none: all domains. */
export const listFlags = { active: 1, inactive: 2, persistent: 4, transient: 8 } as const;

/** `virDomainCreateFlags`. validate: against libvirt's own schema first. */
export const createFlags = { paused: 1, autodestroy: 2, validate: 16 } as const;

/** `virDomainUndefineFlagsValues`. keepNvram: the variables of its firmware. */
export const undefineFlags = { managedSave: 1, snapshotsMetadata: 2, nvram: 4, keepNvram: 8 } as const;

/** `virDomainDestroyFlagsValues`. graceful: SIGTERM only, and an error where that is not enough. */
export const destroyFlags = { graceful: 1 } as const;

/** `virDomainShutdownFlagValues`; none: libvirt's choice. */
export const shutdownFlags = { acpiPowerButton: 1, guestAgent: 2 } as const;

/** `virDomainXMLFlags`. migratable: such as another host takes. */
export const xmlFlags = { secure: 1, inactive: 2, updateCpu: 4, migratable: 8 } as const;

/** `virDomainModificationImpact`; none: whichever the domain is now. */
export const impactFlags = { live: 1, config: 2 } as const;

/** `virDomainMemoryModFlags` beside the impact. */
export const memoryFlags = { ...impactFlags, maximum: 4 } as const;

/** `virDomainVcpuFlags` beside the impact. */
export const vcpuFlags = { ...impactFlags, maximum: 4, guest: 8, hotpluggable: 16 } as const;

/** `virDomainDeviceModifyFlags` beside the impact. */
export const deviceFlags = { ...impactFlags, force: 4 } as const;

/** `virDomainMetadataType`: no flags, one of them. */
export const metadataTypes = { description: 0, title: 1, element: 2 } as const;

/** `virDomainMigrateFlags`. */
export const migrateFlags = {
  live: 1,
  peerToPeer: 2,
  tunnelled: 4,
  persistDestination: 8,
  undefineSource: 16,
  paused: 32,
  nonSharedDisk: 64,
  unsafe: 512,
  abortOnError: 4_096,
  autoConverge: 8_192,
  postCopy: 32_768,
  tls: 65_536,
} as const;

/** `virDomainGetJobStatsFlags`. completed: of the last job; reading forgets it, unless told to keep it. */
export const jobStatsFlags = { completed: 1, keepCompleted: 2 } as const;

/** `virConnectBaselineCPUFlags`. */
export const baselineFlags = { expandFeatures: 1, migratable: 2 } as const;

/** `virConnectCompareCPUFlags`. */
export const compareFlags = { failIncompatible: 1 } as const;
