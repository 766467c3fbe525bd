import type { Context } from "../context.ts";
import { jsonOf } from "../../reconciler/control/report/json.ts";

/** One value for programs. The YAML writer is only loaded where it is wanted. */
export async function printData(
  context: Pick<Context, "out">,
  format: "json" | "yaml",
  value: unknown,
): Promise<void> {
  if (format === "json") {
    context.out(jsonOf(value));
    return;
  }
  const { yamlOf } = await import("./yaml.ts");
  context.out(yamlOf(value));
}
