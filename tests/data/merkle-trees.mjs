// Writes merkle-trees.json beside itself: node tests/data/merkle-trees.mjs
import { writeFileSync } from "node:fs";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";

const holding = (n) => ["0x" + (n * 2654435761 + 1).toString(16).padStart(40, "0"), String(10n ** BigInt(n % 40) * 7n)];
const holdings = (count) => Array.from({ length: count }, (_, n) => holding(n));

const cases = [
  ...[1, 2, 3, 4, 5, 8, 13, 33].map((count) => [["address", "uint256"], holdings(count)]),
  [
    ["address", "uint256"],
    [
      ["0x52908400098527886E0F7030069857D2E4169EE7", "0"],
      ["0xde709f2102306220921060314715629080e2fb77", (2n ** 256n - 1n).toString()],
    ],
  ],
  [["uint256", "address", "uint256"], holdings(7).map((row, n) => [String(n), ...row])],
  [
    ["bool", "int8", "uint40", "bytes4", "bytes32"],
    [
      ["true", "-128", "1099511627775", "0xdeadbeef", "0x" + "ab".repeat(32)],
      ["false", "127", "0", "0x00000000", "0x" + "00".repeat(32)],
      ["false", "-1", "1", "0xDEADBEEF", "0x" + "FF".repeat(32)],
    ],
  ],
  [
    ["string", "uint8", "bytes"],
    [
      ["", "0", "0x"],
      ['a "quoted", backslashed \\ line\n\u0001\u2028\u007f', "1", "0x00"],
      ["Zürich 東京 🚀", "255", "0x" + "cd".repeat(33)],
      ["thirty-two bytes of text, exactly", "7", "0x" + "ef".repeat(64)],
    ],
  ],
  [["string", "string"], [["a", "bc"], ["ab", "c"]]],
];

const vectors = cases.map(([types, values]) => {
  const tree = StandardMerkleTree.of(values, types);
  return { types, values, dump: JSON.stringify(tree.dump()), proofs: values.map((_, n) => tree.getProof(n)) };
});
writeFileSync(new URL("merkle-trees.json", import.meta.url), JSON.stringify(vectors, null, 1) + "\n");
