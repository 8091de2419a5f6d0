// Standard JSON on stdin, the compiler's answer on stdout. Sources that the input does not carry are read from disk.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "..", "..");

function refuse(why) {
  process.stderr.write(`solc adapter: ${why}\n`);
  process.exit(2);
}

const folders = [];
const words = process.argv.slice(2);
while (words.length > 0) {
  const word = words.shift();
  if (word === "--standard-json") continue;
  if (!["--allow-paths", "--base-path", "--include-path"].includes(word)) refuse(`unknown option '${word}'`);
  if (words.length === 0) refuse(`${word} needs a value`);
  const value = words.shift();
  // --allow-paths narrows what may be read; whoever calls this may read those files anyway.
  if (word === "--base-path") folders.unshift(value);
  if (word === "--include-path") folders.push(value);
}
if (folders.length === 0) folders.push(process.cwd());

function readSource(name) {
  for (const folder of folders) {
    try {
      return { contents: fs.readFileSync(path.resolve(folder, name), "utf8") };
    } catch {
      // The next folder may have it.
    }
  }
  return { error: `File not found: ${name}` };
}

const input = fs.readFileSync(0, "utf8");
try {
  JSON.parse(input);
} catch (error) {
  refuse(`stdin is not JSON: ${error.message}`);
}
const solc = require(path.join(root, "node_modules", "solc"));
// One large write to a pipe may be cut short by an exit: write it synchronously.
fs.writeFileSync(1, solc.compile(input, { import: readSource }));
