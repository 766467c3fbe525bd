/** Who asks, and what he may. */

/** Each may all that those before it may. */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

export interface Caller {
  /** As records name their author: a user of this machine, or `token/ci`. */
  readonly name: string;
  readonly role: Role;
}

/** Whether the role may what `needed` may. */
export function mayAs(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
