import { stringify } from "yaml";
import { jsonOf } from "../../reconciler/control/report/json.ts";

/** The same fields as `-o json`, as YAML that readers of YAML 1.1 understand alike. */
export function yamlOf(value: unknown): string {
  const plain: unknown = JSON.parse(jsonOf(value));
  return stringify(plain, { compat: "yaml-1.1", lineWidth: 0 }).trimEnd();
}
