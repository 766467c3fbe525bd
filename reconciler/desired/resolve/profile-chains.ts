import type { Finding } from "../issues/finding.ts";
import { didYouMean } from "../issues/suggest.ts";
import type { ProfileDocument, VmDocument } from "../schema/documents.ts";
import type { SourceDocument } from "../source-document.ts";
import type { PlacedFinding } from "./placed-finding.ts";

type ProfileSource = SourceDocument<ProfileDocument>;
type Including = SourceDocument<VmDocument> | ProfileSource;

interface Chain {
  readonly profiles: readonly ProfileSource[];
  readonly depth: number;
}

const none: Chain = { profiles: [], depth: 0 };

/** How deep profiles may include profiles. */
const depthMax = 4;

/**
 * Which profiles a document is made of: left to right, each after those that it includes itself. A profile that is
 * included twice counts where it stands last, which has the same outcome. What is wrong is found once.
 */
export class ProfileChains {
  readonly findings: PlacedFinding[] = [];
  readonly #profiles: ReadonlyMap<string, ProfileSource>;
  readonly #isExcused: (name: string) => boolean;
  readonly #chains = new Map<string, Chain>();
  readonly #lists = new Map<string, Chain>();

  /** `isExcused`: whether the absence of a profile is no news, because its document is broken. */
  constructor(profiles: ReadonlyMap<string, ProfileSource>, isExcused: (name: string) => boolean) {
    this.#profiles = profiles;
    this.#isExcused = isExcused;
    for (const profile of profiles.values()) this.#chainOfProfile(profile, []);
  }

  /** The profiles of a VM. VMs with the same list get the same array. */
  chainOf(vm: SourceDocument<VmDocument>): readonly ProfileSource[] {
    const names = vm.document.profiles;
    if (names === undefined || names === null || names.length === 0) return none.profiles;
    this.#checkNames(vm, names);
    const key = names.join("|");
    const chain = this.#lists.get(key) ?? this.#joined(names.map((name) => this.#chains.get(name) ?? none));
    this.#lists.set(key, chain);
    return chain.profiles;
  }

  #chainOfProfile(profile: ProfileSource, trail: readonly string[]): Chain {
    const { name } = profile.document;
    const known = this.#chains.get(name);
    if (known !== undefined) return known;
    const names = profile.document.profiles ?? [];
    this.#checkNames(profile, names);
    const below = names.map((included, index) => {
      const source = this.#profiles.get(included);
      if (source === undefined) return none;
      const path = [...trail, name];
      if (!path.includes(included)) return this.#chainOfProfile(source, path);
      this.#add(profile, circle([...path.slice(path.indexOf(included)), included], index));
      return none;
    });
    const chain = this.#joined([...below, { profiles: [profile], depth: 0 }]);
    if (chain.depth === depthMax + 1) this.#add(profile, tooDeep());
    const result = { profiles: chain.profiles, depth: chain.depth + 1 };
    this.#chains.set(name, result);
    return result;
  }

  #joined(chains: readonly Chain[]): Chain {
    const all = chains.flatMap((chain) => chain.profiles);
    const last = new Map(all.map((profile, index) => [profile.document.name, index]));
    return {
      profiles: all.filter((profile, index) => last.get(profile.document.name) === index),
      depth: Math.max(0, ...chains.map((chain) => chain.depth)),
    };
  }

  #checkNames(source: Including, names: readonly string[]): void {
    names.forEach((name, index) => {
      if (!this.#profiles.has(name) && !this.#isExcused(name)) this.#add(source, this.#dangling(name, index));
    });
  }

  #dangling(name: string, index: number): Finding {
    const near = didYouMean(name, this.#profiles.keys());
    const advice =
      near === undefined ? `add a document with kind: Profile and name: ${name}` : `did you mean ${near}?`;
    return at("ref.dangling", index, `no Profile is named ${name}`, advice);
  }

  #add(source: SourceDocument, finding: Finding): void {
    this.findings.push({ source, finding });
  }
}

function circle(names: readonly string[], index: number): Finding {
  return at(
    "profile.cycle",
    index,
    `profiles include each other in a circle: ${names.join(" → ")}`,
    "remove one link of it",
  );
}

function tooDeep(): Finding {
  return at(
    "profile.depth",
    0,
    `profiles are included more than ${depthMax} deep`,
    "list them side by side instead",
  );
}

function at(code: Finding["code"], index: number, message: string, advice: string): Finding {
  return { code, path: ["profiles", String(index)], at: "value", message, advice };
}
