// Holdings and their proofs: from the files of a snapshot, each verified against the root that the sale has.

import { concat, encodeAbiParameters, isHex, keccak256, type Address, type Hex } from "viem";

export interface Proof {
  readonly holding: bigint;
  readonly path: readonly Hex[];
}

/** The files are not there, or are not those of the root. */
export class ProofsError extends Error {}

interface Index {
  readonly root: string;
  readonly digits: number;
  readonly split: readonly string[];
}

/** The proof of an account; null: it has no holding. Throws ProofsError. */
export async function proofOf(folder: string, root: Hex, account: Address): Promise<Proof | null> {
  const index = (await loaded(`${folder}/index.json`)) as Index;
  if (index.root !== root) throw new ProofsError(`the proofs are of ${index.root}, not of ${root}`);
  const shard = (await loaded(`${folder}/0x${shardOf(index, account)}.json`)) as {
    proofs?: Record<string, { holding: string; proof: Hex[] }>;
  };
  const found = shard.proofs?.[account.toLowerCase()];
  if (found === undefined) return null;
  if (!/^\d{1,78}$/.test(found.holding) || !found.proof.every((each) => isHex(each))) {
    throw new ProofsError("a proof cannot be read");
  }
  const proof = { holding: BigInt(found.holding), path: found.proof };
  if (rootFrom(account, proof) !== root) throw new ProofsError("a proof does not lead to the root");
  return proof;
}

export function rootFrom(account: Address, proof: Proof): Hex {
  const leaf = encodeAbiParameters([{ type: "address" }, { type: "uint256" }], [account, proof.holding]);
  return proof.path.reduce<Hex>(
    (node, other) => keccak256(node < other ? concat([node, other]) : concat([other, node])),
    keccak256(keccak256(leaf)),
  );
}

function shardOf(index: Index, account: Address): string {
  const digits = account.toLowerCase().slice(2);
  if (!Number.isInteger(index.digits) || !Array.isArray(index.split)) throw new ProofsError("the index cannot be read");
  let length = index.digits;
  while (index.split.includes(digits.slice(0, length))) length += 1;
  return digits.slice(0, length);
}

async function loaded(path: string): Promise<object> {
  try {
    const response = await fetch(path, { credentials: "omit", signal: AbortSignal.timeout(15_000) });
    if (!response.ok) throw new Error(`${response.status}`);
    const content: unknown = await response.json();
    if (typeof content !== "object" || content === null) throw new Error("no object");
    return content;
  } catch (error) {
    throw new ProofsError(`${path}: ${String(error)}`);
  }
}
