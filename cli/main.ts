#!/usr/bin/env node
/** The command `keel`. */
import process from "node:process";
import { setFlagsFromString } from "node:v8";

// The agent makes little garbage, and runs beside guests who can use the memory. V8 looks at this one whenever it would
// let its young generation grow; so it is said before most of the program is read.
if (process.argv.includes("agent")) setFlagsFromString("--semi-space-growth-factor=1");

// Node's own deprecations are for those who write keel, not for those who use it: a store that is named by its IP
// address and certified for it would be warned of at each command.
process.noDeprecation = true;
const [{ run }, { processWorld }] = await Promise.all([import("./run.ts"), import("./process-world.ts")]);
process.exitCode = await run(process.argv.slice(2), processWorld());
