import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JobQuestions } from "../../../../agent/hypervisor/libvirt/job-questions.ts";
import { type DomainRef, errorCodes, type JobStats, LibvirtError } from "../../../../agent/libvirt/index.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const web: DomainRef = { name: "web", uuid: "0f0e0d0c-0b0a-0908-0706-050403020100", id: 1 };
const db: DomainRef = { ...web, name: "db", uuid: "1f0e0d0c-0b0a-0908-0706-050403020100" };
const none: JobStats = { type: "none", params: [] };

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

describe("the questions what is done to domains", () => {
  const ask = () => {
    const clock = new FakeClock();
    const asked: { readonly name: string; readonly answer: PromiseWithResolvers<JobStats> }[] = [];
    const questions = new JobQuestions({
      clock,
      ask: ({ name }) => {
        const answer = Promise.withResolvers<JobStats>();
        asked.push({ name, answer });
        return answer.promise;
      },
    });
    return { clock, asked, questions };
  };

  it("are answered, or refused, as libvirt does", async () => {
    const { asked, questions } = ask();
    const answers = [questions.ask(web, 2_000), questions.ask(db, 2_000)];
    asked[0]?.answer.resolve(none);
    asked[1]?.answer.reject(refusal(errorCodes.noDomain));
    assert.equal(await answers[0], none);
    await assert.rejects(answers[1] ?? Promise.resolve(), LibvirtError);
  });

  it("are not waited for where a domain owes an answer, nor put to it again; others are", async () => {
    const { clock, asked, questions } = ask();
    const first = questions.ask(web, 2_000);
    await clock.advance(2_000);
    assert.equal(await first, "silent");
    assert.equal(await questions.ask(web, 2_000), "silent");
    const other = questions.ask(db, 2_000);
    asked[1]?.answer.resolve(none);
    assert.equal(await other, none);
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["web", "db"],
    );
  });

  it("are put again once it has answered, even if only that something else waits for it", async () => {
    const { clock, asked, questions } = ask();
    const first = questions.ask(web, 2_000);
    await clock.advance(2_000);
    await first;
    asked[0]?.answer.reject(refusal(errorCodes.operationTimeout));
    await clock.advance(0);
    const second = questions.ask(web, 2_000);
    asked[1]?.answer.resolve(none);
    assert.equal(await second, none);
  });
});
