// How a script with scenarios is run: `node SCRIPT SCENARIO URL` for one, or without arguments for one after the other, each
// asked for by a line {"scenario": …, "url": …} on standard input. Every run prints its transcript as one line of JSON.
// A surprise ends the process with status 1, a scenario that takes too long with status 2.
import { createInterface } from "node:readline";
import { Transcript } from "./transcript.mjs";

const DEADLINE_MILLIS = 20_000;

async function run(scenarios, name, url) {
  if (!Object.hasOwn(scenarios, name)) throw new Error(`no scenario ${name}`);
  const deadline = setTimeout(() => {
    process.stderr.write(`${name} takes longer than ${DEADLINE_MILLIS} ms; so far: ${transcript}\n`);
    process.exit(2);
  }, DEADLINE_MILLIS);
  const transcript = new Transcript();
  await scenarios[name](url, transcript);
  clearTimeout(deadline);
  process.stdout.write(`${transcript}\n`);
}

function surprise(error) {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
}

/** @param scenarios functions of a URL and a transcript, by name */
export async function serve(scenarios) {
  process.on("uncaughtException", surprise);
  process.on("unhandledRejection", surprise);
  const [name, url] = process.argv.slice(2);
  if (name !== undefined) {
    await run(scenarios, name, url);
    process.exit(0);
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    await run(scenarios, asked.scenario, asked.url);
  }
  process.exit(0);
}
