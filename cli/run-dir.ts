/** What a node's parts keep until its next boot. They make it themselves; `/run` is empty after a boot. */
export const defaultRunDir = "/run/evenkeel";
