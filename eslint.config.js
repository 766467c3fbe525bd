/**
 * What the compiler does not say. The base is typescript-eslint's strictest type-checked set; below it stand our own
 * limits, then the few rules of that set which made noise here, each with the reason. Layout is Prettier's; what no
 * linter knows (layers, names, sizes of files, tests that mirror the tree) is in `test/architecture.test.ts` and
 * `test/tidy.test.ts`.
 */
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

import { cognitiveComplexity } from "./scripts/lint/cognitive-complexity.ts";

/** May print, and may look at the machine's own clock: they are where the program meets the world. */
const shells = ["cli/**", "scripts/**", "bench/**"];

/** May look at the machine's own clock, besides the shells. The guests' process stands in for a machine. */
const clocks = ["reconciler/runtime/**", "agent/hypervisor/simulated/process/**", "test/**"];

/** Values in, values out: not even the process is theirs to look at. */
const pureRooms = ["reconciler/model/**", "reconciler/plan/**", "simulator/**"];

const clockAdvice =
  "Take the Clock that is handed in (reconciler/model/clock.ts), so that the simulator can drive it.";
const randomAdvice = "Take randomness as a parameter: equal input gives equal output.";

const clockGlobals = ["setTimeout", "setInterval", "performance"].map((name) => ({
  name,
  message: clockAdvice,
}));

/** `setImmediate` is none: it gives way to others, and knows no time. */
const clockImports = ["timers", "timers/promises", "perf_hooks"].flatMap((module) =>
  [module, `node:${module}`].map((name) => ({
    name,
    importNames: ["setTimeout", "setInterval", "scheduler", "performance"],
    message: clockAdvice,
  })),
);

export default defineConfig(
  globalIgnores(["dist/", ".build-*/", "coverage/", "test/broken/", "test/golden/"]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error", reportUnusedInlineConfigs: "error" },
  },

  // Our own limits.
  {
    plugins: { keel: { rules: { "cognitive-complexity": cognitiveComplexity } } },
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/consistent-type-imports": [
        "error",
        // `typeof import("./x.ts")` names what is loaded only when it is needed.
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/prefer-readonly": "error",
      // `default: return unreachable(x)` is welcome beside the cases, never instead of one.
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { requireDefaultForNonUnion: true }],
      "keel/cognitive-complexity": "error",
      "eqeqeq": ["error", "always", { null: "ignore" }],
      "max-depth": ["error", 3],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      "no-else-return": "error",
      "no-param-reassign": "error",
      "no-restricted-exports": [
        "error",
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } },
      ],
      "object-shorthand": "error",
    },
  },

  // Time and chance are handed in.
  {
    ignores: [...shells, ...clocks],
    rules: {
      "no-restricted-globals": ["error", ...clockGlobals],
      "no-restricted-imports": ["error", ...clockImports],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: clockAdvice },
        { object: "AbortSignal", property: "timeout", message: clockAdvice },
        { object: "Math", property: "random", message: randomAdvice },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clockAdvice },
        { selector: "CallExpression[callee.name='Date']", message: clockAdvice },
      ],
    },
  },

  {
    files: pureRooms,
    rules: {
      "no-restricted-globals": [
        "error",
        ...clockGlobals,
        { name: "process", message: "A pure room takes values; a shell reads the process." },
        { name: "crypto", message: randomAdvice },
      ],
    },
  },

  { files: shells, rules: { "no-console": "off" } },

  // Rules of the strict set that made noise.
  {
    rules: {
      // node:test reports a failed `describe` or `it` itself; their promises are for nobody.
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", package: "node:test", name: ["describe", "it", "test", "before", "after"] },
          ],
        },
      ],
      // `() => stop()` reads well where nobody looks at the result.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Once `signal.aborted` was looked at, the compiler believes that it stays false, over every `await`.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // `async` without `await` is right in every implementation of a port that has its answer at hand: it turns a
      // throw into a rejection.
      "@typescript-eslint/require-await": "off",
      // Numbers and booleans have one obvious text; everything else has to say how it is shown.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true, allowAny: false, allowNullish: false, allowRegExp: false },
      ],
      // Slow, and about things that are not here: classes that differ though their shapes are the same, enums.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      // A program for terminals has to name control characters, to take them out of what it shows.
      "no-control-regex": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
    },
  },

  // The one place where stored text becomes a typed record: the caller names the type, the code cannot prove it.
  {
    files: ["reconciler/store/codec.ts"],
    rules: {
      "@typescript-eslint/consistent-type-assertions": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
    },
  },

  // A `describe` is as long as its sentences are many; a test may hand over what the types forbid.
  {
    files: ["test/**"],
    rules: {
      "max-lines": ["error", 500],
      "max-lines-per-function": "off",
      "@typescript-eslint/consistent-type-assertions": "off",
      // Ports are made of closures in tests: taking `get` out of one is no slip.
      "@typescript-eslint/unbound-method": "off",
    },
  },

  // Plain JavaScript: this file.
  {
    files: ["**/*.js"],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { "no-restricted-exports": "off" },
  },
);
