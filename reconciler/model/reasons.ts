/**
 * The closed list of reasons: why a VM or node is in its state, why a step is taken, why nothing is done. Names are
 * permanent; `docs/reasons.md` is generated from this table. Parameters are plain names and numbers, so that a reason
 * can be stored, compared and worded again.
 */
export interface ReasonEntry {
  /** One line, lower case, `{parameters}` filled in by `describeReason`. */
  readonly text: string;
  /** What to do about it, where there is something to do. */
  readonly advice?: string;
}

export const reasonTable = {
  // Why a VM is where it is, or goes there.
  "at-home": { text: "it runs at home, on {node}" },
  "first-start": { text: "wanted running; {node} is its home" },
  "chosen-by-selector": { text: "wanted running; selector {selector} chose {node} ({value})" },
  "asked-by-migrate": { text: "`migrate: {node}` asks for it" },
  "asked-by-node": { text: "`node: {node}` asks for it" },
  "returns-home": { text: "its home {node} is usable again" },
  "leaves-flushed-node": { text: "{node} is being flushed" },
  "leaves-outside-limits": { text: "{node} is outside its limits" },
  "leaves-apart": { text: "{other} of its `apart` group {group} runs on {node}" },
  "displaced": { text: "it runs on {node}, away from home {home} ({displaced})" },
  // Why a VM runs or does not.
  "runs": { text: "wanted running, and it runs on {node}" },
  "stopped-as-wanted": { text: "`state: {state}`, and it is off" },
  "stop-wanted": { text: "`state: {state}` asks for it" },
  "adopts": { text: "the domain {domain} on {node} is this VM, by its UUID; it is taken over as it runs" },
  "runs-outside": {
    text: "a domain with its UUID runs outside keel: {domain} on {node}; a second one is never started",
    advice: "Shut it down there, with virsh; what is off may be started.",
  },
  "restart-requested": { text: "{by} asked for a restart" },
  "retry-requested": { text: "somebody asked for another try" },
  "request-without-use": { text: "{by} asked for a {request}, which changes nothing here" },
  "tries-forgotten": { text: "its intent changed; what failed before does not count any more" },
  "crashed": { text: "the guest ended without being asked to; restart {attempt} of {max}" },
  "cut-by-hand": { text: "somebody cut it outside keel; restart {attempt} of {max}" },
  "more-drift": { text: "it differs in {omitted} more places from what it was made from" },
  "crash-loop": {
    text: "it crashed {count} times in {window}",
    advice: "Look at its console, then `keel vm retry {vm}` or edit the VM.",
  },
  "restart-policy-never": {
    text: "it crashed, and `restart.policy: never` leaves it off",
    advice: "`keel vm retry {vm}` starts it again.",
  },
  "back-off": { text: "the last try failed ({failure}); next try at {at}" },
  "ended-by-guest": {
    text: "the guest switched itself off",
    advice: "`keel vm start {vm}` starts it; `state: stopped` makes it the intent.",
  },
  "held": {
    text: "held since {node} could not keep it ({by})",
    advice: "It starts once a node can take it; without `autorestart`, once `keel vm release {vm}` was said.",
  },
  "hold-flush": {
    text: "{node} is flushed and no node can take it: {why}",
    advice: "Widen its limits, or make room.",
  },
  "hold-fence": {
    text: "{node} was lost and no node can take it: {why}",
    advice: "Widen its limits, or make room.",
  },
  "released": { text: "released from its hold" },
  "shutdown-timed-out": {
    text: "the guest ignored the shutdown for {timeout}, and `then: leave` leaves it running",
    advice: "Shut it down from inside, or set `state: poweroff`.",
  },
  "orphaned": {
    text: "no document names it any more; it is left as it is",
    advice: "Put the document back, or set `state: absent` to destroy it.",
  },
  "destroy-unwanted": { text: "its document does not ask for its destruction any more" },
  "destroy-wanted": { text: "`state: absent`, approved by {by}" },
  "changed-live": { text: "{fields} changed" },
  "changed-by-hand": { text: "{fields} was changed outside keel" },
  "document-changed": { text: "its document changed" },
  "document-removed": { text: "its document was removed" },
  "renamed": { text: "renamed from {from}" },
  // What is under way.
  "step-in-flight": { text: "{step} on {node} is under way" },
  // Why nothing is done.
  "no-target": { text: "no node can take it: {why}", advice: "Widen its limits, or make room." },
  "outside-limits": { text: "{node} is not among its limits" },
  "apart": { text: "{other} of its `apart` group {group} is on {node}" },
  "no-room": { text: "{node} lacks memory: {need} needed, {free} free after the reserve" },
  "too-few-cpus": { text: "{node} has {have} CPUs, it wants {need}" },
  "node-undefined": { text: "{node} has no document" },
  "node-cordoned": { text: "{node} is cordoned" },
  "node-flushed": { text: "{node} is flushed" },
  "node-maintenance": { text: "{node} is in maintenance: it takes no VMs, and is not fenced" },
  "node-leaving": { text: "{node} has no document any more; it stays until it is empty" },
  "node-unseen": { text: "{node} was never seen alive", advice: "Start its heartbeat and agent." },
  "node-suspect": { text: "{node} does not renew its lease" },
  "node-lost": { text: "{node} is lost" },
  "store-cut": {
    text: "{node} does not reach the store, and answers when it is asked directly; nothing is done to it",
    advice: "Look after its way to the store.",
  },
  "maintenance-on": { text: "maintenance of {what} is on: {why}; {end}" },
  "maintenance-ending": {
    text: "maintenance of {what} ends at {at}: fencing is possible again then",
    advice: "`keel maintenance on --for 1h` with a `--reason` prolongs it, of a node with `--node`.",
  },
  "maintenance-off": { text: "maintenance of {what} is over" },
  "maintenance-in-doubt": {
    text: "maintenance of {what} should be over by one clock of the leader, which was set, and is not by the other; it stays on",
    advice:
      "`keel maintenance off` ends it, of a node with `--node`, and with `--override` where no file says so.",
  },
  "recovery-in-maintenance": {
    text: "{node}, where it ran, is dead or was booted anew; nothing is taken over while maintenance is on",
    advice: "`keel maintenance off`, of a node with `--node`, or `keel vm start {vm}` for this one.",
  },
  "lost-in-maintenance": {
    text: "{node} is lost, and left alone: maintenance is on",
    advice:
      "`keel maintenance status` shows what is in force; `keel maintenance off`, of a node with `--node`, ends it.",
  },
  "only-node": {
    text: "{node} is lost, and the only node: nothing could take over",
    advice: "Start it again. `keel node confirm-dead {node}` if you know that it is off.",
  },
  "fence-storm": {
    text: "{node} is lost together with too many others; the network is likelier to have failed than the nodes",
    advice: "Look first. `keel node confirm-dead {node}` if you know that it is off.",
  },
  "leaders-host": {
    text: "{node} is lost, and is the leader's own host; another leader has to judge",
    advice:
      "Start its heartbeat again, or a reconciler on another machine. `keel node confirm-dead {node}` if you know that it is off.",
  },
  "would-lose-quorum": {
    text: "{node} is lost, and the store would lose its quorum with it",
    advice:
      "Bring another member of the store back first. `keel node confirm-dead {node}` if you know that it is off.",
  },
  "quorum-unknown": {
    text: "{node} is lost; the members of the store do not tell whether it would go on without that node",
    advice:
      "`keel store status` shows what they say. `keel node confirm-dead {node}` if you know that it is off.",
  },
  "fence-bound": {
    text: "{node} is lost, and left to a person: it would have been more than {bound} fenced within an hour",
    advice: "Look first. `keel node confirm-dead {node}` if you know that it is off.",
  },
  "fence-bound-for-now": {
    text: "{node} is lost, and left alone as long as it is open what becomes of another: more than {bound} within an hour would be too many",
    advice: "Look first. `keel node confirm-dead {node}` if you know that it is off.",
  },
  "fence-in-turn": { text: "{node} is lost; it is fenced once {other} is dealt with" },
  "node-fencing": { text: "{node} is being powered off, round {round}" },
  "fence-failed": {
    text: "{node} could not be proven off: {why}",
    advice:
      "Look after its power controller; or switch it off yourself, then `keel node confirm-dead {node}`.",
  },
  "fence-left": {
    text: "{node}: the leader that was fencing it leads no more, and it is not proven off: {why}",
    advice: "The next round begins within seconds, if it still is to be fenced.",
  },
  "no-fence-method": {
    text: "{node} is lost, and has no power controller that could prove it off",
    advice: "Switch it off yourself, then `keel node confirm-dead {node}`; give it a `bmc:`.",
  },
  "bmc-not-allowed": {
    text: "{node} is lost, and `fencing.methods` does not let its power controller prove it off",
    advice:
      "Switch it off yourself, then `keel node confirm-dead {node}`; or put `bmc` back into `fencing.methods`.",
  },
  "bmc-edited": {
    text: "{node} is lost, and was not yet alive with the `bmc` that its document has by now",
    advice:
      "Switch it off yourself, then `keel node confirm-dead {node}`; the edit takes effect at its return.",
  },
  "bmc-taken": {
    text: "{node} is lost, and its power controller is {other}'s by now; switching it could hit that one",
    advice: "Switch {node} off yourself, then `keel node confirm-dead {node}`.",
  },
  "nothing-to-recover": {
    text: "{node} is lost; no VM of it could start elsewhere, so it is not fenced",
    advice:
      "`keel fence rehearse {node}` says why not, VM by VM. `keel node confirm-dead {node}` if you know that it is off.",
  },
  "node-back": { text: "{node} is back in the same boot; all is as before" },
  "node-rebooted": { text: "{node} is back in another boot, which proves that its earlier guests are dead" },
  "confirmation-void": {
    text: "what was confirmed of {node} is void: it has shown life, or another incident was meant",
    advice: "`keel node confirm-dead {node}` once more, if it is off now.",
  },
  "proven-off": { text: "{node} is proven off: {devices} read off twice" },
  "images-being-released": { text: "{node}, which is dead, is being shut out of the images of {vm}" },
  "images-not-released": {
    text: "{node}, which is dead, could not be shut out of the images of {vm}: {why}",
    advice:
      "It is tried again each minute. {vm} starts once it has worked, or once {node} is back in another boot.",
  },
  "confirmed-dead": { text: "{by} says that {node} is dead" },
  "node-recovered": { text: "the recovery of {node} is over: {outcome}" },
  "power-on-again": { text: "{node} could not be powered on yet, which is tried again: {why}" },
  "power-on-failed": {
    text: "{node} could not be powered on again, and is not tried any more: {why}",
    advice: "Power it on yourself once it is repaired.",
  },
  "node-quarantined": {
    text: "{node} lives again; it takes nothing until its return is acknowledged",
    advice: "`keel node ready {node}` once you have looked at it.",
  },
  "was-not-dead": {
    text: "{node} was not dead, though {by} had said so; what was recovered from it is cut there",
    advice: "Find out why. `keel node ready {node}` once that is clear.",
  },
  "node-acknowledged": { text: "{by} took {node} in again" },
  "node-replaced": {
    text: "{by} gives the name {node} to another machine; the one that had it may not return",
  },
  "node-returned": { text: "{node} is taken in again: it lived for long enough" },
  "bmc-unbound": {
    text: "it is not known that {device} switches {node}, so what it reads would prove nothing",
    advice:
      "`keel fence test {node}` while {node} lives says why; `--bind` binds a device that tells no UUID.",
  },
  "node-fenced": { text: "{node} is fenced", advice: "`keel node ready {node}` once it is repaired." },
  "lost-its-node": { text: "{node}, where it ran, is proven dead" },
  "copy-is-outdated": {
    text: "it still ran on {node}, which had been proven dead, and runs elsewhere by now",
    advice: "Find out who said that {node} was off, and why it was not.",
  },
  "agent-down": { text: "the agent on {node} is down; what runs there is as last seen" },
  "hypervisor-silent": {
    text: "{node} cannot be read ({why}); what runs there is as last seen",
    advice: "`virsh list` on {node} shows whether its libvirt answers. Guests do not need it to run on.",
  },
  "agent-catching-up": { text: "the agent on {node} has not reported since revision {revision}" },
  "waiting-for-agents": { text: "nothing is chosen by selector until every node's agent was seen" },
  "waiting-for-room": { text: "waits until {other} has left {node}" },
  "waiting-for-bound": { text: "waits: {limit} {moves} are under way, the bound" },
  "waiting-for-source": { text: "waits until it is off on {node}" },
  "approval-needed": {
    text: "destroying it needs an approval that names it",
    advice: "`keel approve vm/{vm} --destroy`, with `--disks` to destroy its disks too.",
  },
  "protected": {
    text: "`protect: true` refuses its destruction",
    advice: "Take `protect` away in one apply, then ask for `state: absent` in another.",
  },
  "destroy-bound": {
    text: "{count} objects would be destroyed, the bound is {bound}",
    advice: "`keel apply --allow-destroy={count}` if that is meant.",
  },
  "migration-failed": {
    text: "migration failed {tries} times ({failure})",
    advice: "Edit the VM or the node, or `keel vm retry {vm}`.",
  },
  "local-disk": { text: "its disk {disk} is local to {node}" },
  "volume-in-use": {
    text: "volume {volume} belongs to {other}",
    advice: "Give it a volume of its own, or say `shared: true` in both.",
  },
  "volume-missing": {
    text: "the data of a disk is missing ({volume}); nothing is made in its place",
    advice: "Bring it back, or correct the document; then `keel vm retry {vm}`.",
  },
  "unsupported": { text: "{what} has no driver on {node} yet" },
  "bridge-missing": {
    text: "{node} has no bridge {bridge}, which is the network {network}",
    advice: "`ip link show type bridge` on {node} lists what it has.",
  },
  "processor-not-shown": {
    text: "{node} cannot show the processor that {vm} runs with: {processor}",
    advice:
      "Give all agents a model that every node has (`keel agent --cpu-model`) and restart {vm}, or move it with `migration.method: shutdown`.",
  },
  "unknown": {
    text: "where it runs is not known: {why}",
    advice: "`keel why node/{node}` says what to do about {node}.",
  },
  "duplicate": {
    text: "it is reported by {nodes} at once",
    advice: "Stop the copy that is not the VM by hand; nothing is done by itself.",
  },
  "uuid-taken": {
    text: "it was to be what {other} is called, and {other} has a document again",
    advice: "Give it another name than {vm}: then it is a VM of its own.",
  },
  "stray": {
    text: "it runs on {nodes}, and nothing is recorded of it",
    advice: "Stop it there by hand, or write down again what it is; nothing is done by itself.",
  },
  "migrating-hand-over": { text: "its hand-over from {from} to {to} is not finished" },
  // Nodes.
  "node-ready": { text: "alive, takes VMs" },
  "node-flushing": { text: "flushed is wanted; still there: {vms}" },
  "node-is-flushed": { text: "flushed is wanted, and it is empty" },
  "node-returning": { text: "VMs come home: {vms}" },
  "node-is-cordoned": { text: "takes nothing, keeps what it has" },
  // The store.
  "store-half-full": {
    text: "the store takes {bytes} of the {quota} that it may take",
    advice:
      "`keel store status` shows by what. Defragment it, or give it a larger quota, before it takes no writes.",
  },
  "store-has-room": { text: "the store takes {bytes} of the {quota} that it may take; there is room again" },
} as const satisfies Readonly<Record<string, ReasonEntry>>;

export type ReasonCode = keyof typeof reasonTable;
export type ReasonParameters = Readonly<Record<string, string | number>>;

export interface Reason {
  readonly code: ReasonCode;
  readonly with: ReasonParameters;
}

export function reason(code: ReasonCode, parameters: ReasonParameters = {}): Reason {
  return { code, with: parameters };
}

/** The reason in plain words. A parameter that is missing shows as its name in braces. */
export function describeReason(given: Reason): string {
  return fill(entryOf(given).text, given.with);
}

/** What the administrator can do about it, or null. */
export function adviseOn(given: Reason): string | null {
  const entry = entryOf(given);
  return entry.advice === undefined ? null : fill(entry.advice, given.with);
}

/** A record may have been written by a version that knows more reasons than this one. */
function entryOf({ code }: Reason): ReasonEntry {
  return Object.hasOwn(reasonTable, code) ? reasonTable[code] : { text: code };
}

function fill(text: string, parameters: ReasonParameters): string {
  return text.replaceAll(/\{(\w+)\}/g, (braces, name: string) => String(parameters[name] ?? braces));
}
