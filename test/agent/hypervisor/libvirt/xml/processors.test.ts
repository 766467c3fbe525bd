import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { processorOf, readProcessors } from "../../../../../agent/hypervisor/libvirt/xml/processors.ts";
import { HypervisorError } from "../../../../../agent/hypervisor/hypervisor.ts";
import { readXml } from "../../../../../reconciler/xml/read-xml.ts";

const domainCapabilities = `<domainCapabilities>
  <cpu>
    <mode name='host-passthrough' supported='yes'/>
    <mode name='host-model' supported='yes'><model fallback='forbid'>EPYC</model></mode>
    <mode name='custom' supported='yes'>
      <model usable='yes' vendor='unknown'>qemu64</model>
      <model usable='no' vendor='AMD'>EPYC-Rome</model>
      <model usable='unknown' vendor='AMD'>EPYC</model>
      <model usable='yes' vendor='Intel'>Nehalem</model>
    </mode>
  </cpu>
</domainCapabilities>`;

const capabilities = (cpu: string) => `<capabilities><host><cpu>${cpu}</cpu></host></capabilities>`;
const epyc = "<arch>x86_64</arch><model>EPYC</model><feature name='ht'/>";

function processorIn(cpu: string): string | null {
  const reading = readXml(`<domain>${cpu}</domain>`);
  assert.ok(reading.ok);
  return processorOf(reading.root);
}

describe("the processors of a host", () => {
  it("are the models that it can show whole", () => {
    assert.deepEqual(readProcessors(capabilities(epyc), domainCapabilities).models, ["Nehalem", "qemu64"]);
  });

  it("tell hosts apart by model and features, and not by the frequency of the moment", () => {
    const hostOf = (cpu: string) => readProcessors(capabilities(cpu), domainCapabilities).host;
    const counter = (hertz: number) => `<counter name='tsc' frequency='${hertz}' scaling='no'/>`;
    assert.equal(hostOf(epyc + counter(2_000)), hostOf(epyc + counter(2_001)));
    assert.notEqual(hostOf(epyc), hostOf(epyc.replace("ht", "vmx")));
  });

  it("are not guessed where libvirt's answer cannot be read", () => {
    const isRefused = (error: unknown) => error instanceof HypervisorError && error.code === "refused";
    assert.throws(() => readProcessors("<capabilities>", domainCapabilities), isRefused);
    assert.throws(() => readProcessors(capabilities(epyc), "<cpu/>"), isRefused);
  });
});

describe("the processor of a domain", () => {
  it("is its model, or all that the host has", () => {
    assert.equal(processorIn("<cpu mode='custom'><model fallback='forbid'>Nehalem</model></cpu>"), "Nehalem");
    assert.equal(processorIn("<cpu mode='host-passthrough'/>"), "host");
    assert.equal(processorIn("<cpu mode='maximum'/>"), "host");
    assert.equal(processorIn(""), null);
  });
});
