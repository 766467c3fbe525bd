#!/usr/bin/env node
/** The command `keel`. */
import process from "node:process";
import { processWorld } from "./process-world.ts";
import { run } from "./run.ts";

// Node's own deprecations are for those who write keel, not for those who use it: a store that is named by its IP
// address and certified for it would be warned of at each command.
process.noDeprecation = true;
process.exitCode = await run(process.argv.slice(2), processWorld());
