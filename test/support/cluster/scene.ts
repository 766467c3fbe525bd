/** A virtual cluster with a few words to drive it, and a witness who checks that no VM ever runs twice. */
import assert from "node:assert/strict";
import type { GuestEvent } from "../../../agent/hypervisor/simulated/guest-event.ts";
import { type NodeName, objectId, type ObjectId, type VmName } from "../../../reconciler/model/names.ts";
import type { VmReport } from "../../../reconciler/model/report.ts";
import { planOf, reportCluster } from "../../../reconciler/control/report/cluster-report.ts";
import { VirtualCluster } from "../../../simulator/virtual-cluster.ts";
import { FakeClock } from "../fake-clock.ts";
import { type Document, node } from "../plan/model-cluster.ts";

export class Scene {
  readonly clock = new FakeClock();
  readonly cluster: VirtualCluster;
  readonly guests: GuestEvent[] = [];
  readonly documents = new Map<ObjectId, Document>();
  /** By UUID: a VM may be renamed while it runs. */
  readonly #running = new Map<string, NodeName>();

  constructor(nodes: readonly NodeName[] = ["hv1", "hv2", "hv3"]) {
    for (const name of nodes) this.put(node(name));
    this.cluster = new VirtualCluster({
      clock: this.clock,
      nodes,
      onGuest: (event) => {
        this.#witness(event);
      },
    });
  }

  /** Nodes alive, a leader elected, the documents applied. */
  async begin(...documents: readonly Document[]): Promise<this> {
    for (const document of documents) this.put(document);
    this.cluster.startReconciler("r1");
    await this.clock.advance(1_000);
    await this.apply();
    return this;
  }

  put(document: Document): void {
    this.documents.set(objectId(document.kind, document.name), document);
  }

  async edit(id: ObjectId, patch: Readonly<Record<string, unknown>>): Promise<void> {
    const document = this.documents.get(id);
    assert.ok(document, id);
    const fields = Object.entries({ ...document, ...patch }).filter(([, value]) => value !== null);
    this.put({ kind: document.kind, name: document.name, ...Object.fromEntries(fields) });
    await this.apply();
  }

  async apply(): Promise<void> {
    await this.cluster.administrator.apply(this.cluster.administrator.check(this.documents));
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  report() {
    const { state } = this.cluster.feed;
    const now = this.clock.now();
    return reportCluster(state, planOf(state, now), now);
  }

  vm(name: VmName): VmReport {
    const report = this.report().vms.find((each) => each.name === name);
    assert.ok(report, name);
    return report;
  }

  /** `start hv1`, `stop hv1`, …: what befell one VM's guests. */
  story(name: VmName): string[] {
    return this.guests.filter((event) => event.vm === name).map((event) => `${event.kind} ${event.node}`);
  }

  async end(): Promise<void> {
    await this.cluster.close();
    await this.clock.advance(0);
  }

  /** Law 6, at every event: a VM begins to run only while it runs nowhere else. */
  #witness(event: GuestEvent): void {
    this.guests.push(event);
    switch (event.kind) {
      case "start":
      case "resume":
        assert.equal(this.#running.get(event.uuid), undefined, `${event.vm} runs twice`);
        this.#running.set(event.uuid, event.node);
        return;
      case "stop":
        this.#running.delete(event.uuid);
        return;
      case "migrate-end":
        if (event.result === "ok") this.#running.delete(event.uuid);
        return;
      case "migrate-begin":
      case "discard":
      case "relabel":
        return;
    }
  }
}
