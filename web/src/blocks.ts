// Blocks by their hashes: what a header and the receipts of a block come to, after the Yellow Paper, EIP-2718 and the
// forks that have added fields to the header.

import { concat, keccak256, size, toRlp, type Hex } from "viem";
import { bytes, integer, NodeError } from "./chain";

type Found = Readonly<Record<string, unknown>>;
type Item = Hex | Item[];

const BEFORE = ["parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom"];
const NUMBERS = ["difficulty", "number", "gasLimit", "gasUsed", "timestamp"];
const AFTER = ["extraData", "mixHash", "nonce"];
const LATER = [
  ["baseFeePerGas", true], // London
  ["withdrawalsRoot", false], // Shanghai
  ["blobGasUsed", true], // Cancun
  ["excessBlobGas", true],
  ["parentBeaconBlockRoot", false],
  ["requestsHash", false], // Prague
] as const;

/** A header as it is hashed. Throws NodeError where it does not come to its hash. */
export function headerOf(block: unknown): Hex {
  const found = (block ?? {}) as Found;
  const later = LATER.filter(([name]) => found[name] !== null && found[name] !== undefined);
  const header = toRlp([
    ...BEFORE.map((name) => bytes(found[name])),
    ...NUMBERS.map((name) => numeral(found[name])),
    ...AFTER.map((name) => bytes(found[name])),
    ...later.map(([name, isNumber]) => (isNumber ? numeral(found[name]) : bytes(found[name]))),
  ]);
  if (keccak256(header) !== found["hash"]) {
    throw new NodeError(`block ${integer(found["number"])} does not come to its hash`);
  }
  return header;
}

/** The nodes that prove the receipt at a place, of a block with exactly these receipts; the root's is the first. */
export function receiptProof(receipts: readonly unknown[], place: number): Hex[] {
  const rows = receipts.map((each, row): Row => [keyOf(row), receiptOf(each as Found)]);
  const below: Hex[] = [];
  const root = nodeOf(rows, keyOf(place), below);
  return [toRlp(root), ...below.reverse()];
}

function receiptOf(found: Found): Hex {
  const kind = numeral(found["type"] ?? "0x0");
  if (!Array.isArray(found["logs"])) throw new NodeError("a receipt has no logs");
  const encoded = toRlp([
    numeral(found["status"]),
    numeral(found["cumulativeGasUsed"]),
    bytes(found["logsBloom"]),
    found["logs"].map((log: Found) => [
      bytes(log["address"]),
      (log["topics"] as unknown[]).map(bytes),
      bytes(log["data"]),
    ]),
  ]);
  return concat([kind, encoded]); // the oldest kind, 0, has no byte
}

// ------------------------------------------------------------------------------------- the tree of receipts

/** A value, and what is left of the way to it, in nibbles. */
type Row = readonly [path: string, value: Hex];

const NIBBLES = Array.from("0123456789abcdef");

/** `wanted`: the way on to what is to be proved, null where it is elsewhere; nodes on it go to `way`, the last first. */
function nodeOf(rows: readonly Row[], wanted: string | null, way: Hex[]): Item[] {
  const [path, value] = rows[0]!;
  if (rows.length === 1) return [packed(path, true), value];
  let shared = 0;
  while (rows.every(([each]) => each.length > shared && each[shared] === path[shared])) shared += 1;
  if (shared > 0) {
    const rest = rows.map(([each, of]): Row => [each.slice(shared), of]);
    return [packed(path.slice(0, shared), false), referred(rest, wanted?.slice(shared) ?? null, way)];
  }
  const branches = NIBBLES.map((nibble) => {
    const below = rows.filter(([each]) => each[0] === nibble).map(([each, of]): Row => [each.slice(1), of]);
    return referred(below, wanted?.[0] === nibble ? wanted.slice(1) : null, way);
  });
  return [...branches, rows.find(([each]) => each === "")?.[1] ?? "0x"];
}

/** As it stands in the node above: itself where it is shorter than a hash. */
function referred(rows: readonly Row[], wanted: string | null, way: Hex[]): Item {
  if (rows.length === 0) return "0x";
  const node = nodeOf(rows, wanted, way);
  const encoded = toRlp(node);
  if (size(encoded) < 32) return node;
  if (wanted !== null) way.push(encoded);
  return keccak256(encoded);
}

/** A path as it stands in a node: its kind and whether it is odd before it. */
function packed(path: string, isLeaf: boolean): Hex {
  const kind = isLeaf ? 2 : 0;
  return path.length % 2 === 0 ? `0x${kind}0${path}` : `0x${kind + 1}${path}`;
}

function keyOf(place: number): string {
  return toRlp(numeral(`0x${place.toString(16)}`)).slice(2);
}

/** A number as it is hashed: without zeros before it. */
function numeral(value: unknown): Hex {
  const number = integer(value);
  if (number === 0n) return "0x";
  const digits = number.toString(16);
  return `0x${digits.length % 2 === 0 ? "" : "0"}${digits}`;
}
