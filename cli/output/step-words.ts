import type { Step } from "../../reconciler/model/step.ts";
import type { Glyphs } from "../../tui/view/glyphs.ts";

/** What is being done, to be read after the VM's name: `migrating hv1 → hv2`. */
export function doing(step: Step, { arrow }: Pick<Glyphs, "arrow">): string {
  switch (step.kind) {
    case "start":
      return `starting on ${step.node}`;
    case "stop":
      return step.method === "cut" ? `powering off on ${step.node}` : `shutting down on ${step.node}`;
    case "restart":
      return `restarting on ${step.node}`;
    case "update":
      return `changing ${step.fields.join(", ")}`;
    case "migrate":
      return `migrating ${step.node} ${arrow} ${step.to}`;
    case "destroy":
      return "destroying";
    case "adopt":
      return `adopting on ${step.node}`;
    case "rename":
      return `renaming from ${step.from}`;
  }
}
