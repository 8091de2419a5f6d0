// For tests: the page's arithmetic over cases from standard input, a result for each.

import { readFileSync } from "node:fs";
import { allotmentDown, preview, settle } from "../src/allotment";
import { mulDivUp, parsed, written } from "../src/amounts";
import { rootFrom } from "../src/holdings";
import { legible } from "../src/legible";
import { nextMoment, vestedDown } from "../src/vesting";

const revive = (_: string, value: unknown) =>
  typeof value === "string" && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;
const replace = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);

const functions: Record<string, (...args: any[]) => unknown> = {
  settle,
  allotmentDown,
  preview,
  vestedDown,
  nextMoment,
  mulDivUp,
  parsed,
  written,
  legible,
  rootFrom,
};

const cases: [string, unknown[]][] = JSON.parse(readFileSync(0, "utf-8"), revive);
console.log(JSON.stringify(cases.map(([name, args]) => functions[name]!(...args)), replace));
