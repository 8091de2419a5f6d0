// Verifies receipts, one JSON text on each line of standard input: "ok" or why not, on a line each.
const { verify } = require("../jumpstart/audit/receipt/verify.js");
const lines = require("node:fs").readFileSync(0, "utf8").trim().split("\n");
for (const line of lines) {
  try {
    verify(JSON.parse(line));
    console.log("ok");
  } catch (error) {
    console.log(`refused: ${error.message.replaceAll("\n", " ")}`);
  }
}
