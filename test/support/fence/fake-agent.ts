/** A program that speaks the fence agents' protocol and has moods: for what no simulated device can be brought to do. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const parameters = ["ip", "ipport", "username", "password", "power_wait", "power_timeout"];

export interface FakeAgentOptions {
  /** `fence_NAME`; left out: `fence_redfish`. */
  readonly name?: string;
  /** An agent that cuts off a network's port, by its metadata. */
  readonly isFabric?: boolean;
  /** Parameters that it takes besides the usual ones. */
  readonly takes?: readonly string[];
  /** Of its parameters, where they are not text. */
  readonly types?: Readonly<Record<string, string>>;
}

export class FakeAgent {
  readonly folder: string;

  /** @param folder empty, of the test's own */
  constructor(folder: string, options: FakeAgentOptions = {}) {
    const { name = "redfish" } = options;
    this.folder = folder;
    this.power = "on";
    this.mood("");
    writeFileSync(join(folder, "metadata"), metadata(name, options));
    writeFileSync(join(folder, "heard"), "");
    writeFileSync(join(folder, `fence_${name}`), script(folder), { mode: 0o755 });
  }

  /** Of the machine behind the device. */
  get power(): "on" | "off" {
    return this.#read("power").trim() === "on" ? "on" : "off";
  }

  set power(power: "on" | "off") {
    writeFileSync(join(this.folder, "power"), `${power}\n`);
  }

  /** Shell that is carried out before every answer; `$action` is what was asked, `$power` the state. */
  mood(shell: string): void {
    writeFileSync(join(this.folder, "mood"), `${shell}\n`);
  }

  /** Every line that it was ever told on its standard input. */
  get heard(): readonly string[] {
    return this.#read("heard").split("\n");
  }

  /** The actions that were asked for, without questions for its metadata. */
  get actions(): readonly string[] {
    return this.heard.flatMap((line) => /^action=(?!metadata)(.*)$/u.exec(line)?.[1] ?? []);
  }

  #read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }
}

function script(folder: string): string {
  return `#!/bin/sh
cd '${folder}' || exit 1
while IFS= read -r line; do
  printf '%s\\n' "$line" >> heard
  case $line in action=*) action=\${line#action=};; esac
done
if [ "$action" = metadata ]; then cat metadata; exit 0; fi
power=$(cat power)
. ./mood
case $action in
  status)
    if [ "$power" = on ]; then echo "Status: ON"; exit 0; fi
    echo "Status: OFF"
    exit 2;;
  "$power") echo "Success: Already $power";;
  *)
    echo "$action" > power
    echo "Success: Powered $action";;
esac
`;
}

function metadata(name: string, { isFabric = false, takes = [], types = {} }: FakeAgentOptions): string {
  const lines = [...parameters, ...takes].map(
    (parameter) =>
      `<parameter name="${parameter}" unique="0" required="0"><content type="${types[parameter] ?? "string"}" /></parameter>`,
  );
  const on = `<action name="on" automatic="${isFabric ? "1" : "0"}"/>`;
  return `<?xml version="1.0" ?>
<resource-agent name="fence_${name}" shortdesc="Speaks the protocol" >
<parameters>
${lines.join("\n")}
</parameters>
<actions>
${on}
<action name="off" />
<action name="status" />
</actions>
</resource-agent>
`;
}
