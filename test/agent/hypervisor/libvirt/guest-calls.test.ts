import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GuestCalls } from "../../../../agent/hypervisor/libvirt/guest-calls.ts";
import { type DomainRef, errorCodes, LibvirtError } from "../../../../agent/libvirt/index.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const web: DomainRef = { name: "web", uuid: "0f0e0d0c-0b0a-0908-0706-050403020100", id: 1 };
const db: DomainRef = { ...web, name: "db", uuid: "1f0e0d0c-0b0a-0908-0706-050403020100" };

function refusal(code: number): LibvirtError {
  return new LibvirtError("domainGetJobStats", {
    code,
    domain: 10,
    level: 2,
    message: "",
    texts: [],
    numbers: [],
  });
}

describe("calls that a guest's process has to answer", () => {
  const bench = () => {
    const clock = new FakeClock();
    const guests = new GuestCalls(clock);
    const asked: { readonly name: string; readonly answer: PromiseWithResolvers<string> }[] = [];
    const ask = (domain: DomainRef) =>
      guests.ask(domain, 2_000, () => {
        const answer = Promise.withResolvers<string>();
        asked.push({ name: domain.name, answer });
        return answer.promise;
      });
    return { clock, asked, ask };
  };

  it("are answered, or refused, as libvirt does", async () => {
    const { asked, ask } = bench();
    const answers = [ask(web), ask(db)];
    asked[0]?.answer.resolve("none");
    asked[1]?.answer.reject(refusal(errorCodes.noDomain));
    assert.equal(await answers[0], "none");
    await assert.rejects(answers[1] ?? Promise.resolve(), LibvirtError);
  });

  it("are not waited for where a guest owes an answer, nor put to it again; others are", async () => {
    const { clock, asked, ask } = bench();
    const first = ask(web);
    await clock.advance(2_000);
    assert.equal(await first, "silent");
    assert.equal(await ask(web), "silent");
    const other = ask(db);
    asked[1]?.answer.resolve("none");
    assert.equal(await other, "none");
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["web", "db"],
    );
  });

  it("are put again once it has answered, even if only that something else waits for it", async () => {
    const { clock, asked, ask } = bench();
    const first = ask(web);
    await clock.advance(2_000);
    await first;
    asked[0]?.answer.reject(refusal(errorCodes.operationTimeout));
    await clock.advance(0);
    const second = ask(web);
    asked[1]?.answer.resolve("none");
    assert.equal(await second, "none");
  });

  it("are put again only once all are answered that it owes", async () => {
    const { clock, asked, ask } = bench();
    const both = [ask(web), ask(web)];
    await clock.advance(2_000);
    await Promise.all(both);
    asked[0]?.answer.resolve("none");
    await clock.advance(0);
    assert.equal(await ask(web), "silent");
    assert.equal(asked.length, 2);
  });
});
