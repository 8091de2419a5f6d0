// Permits: an allowance by signature, where the token of the payment has them (ERC-2612, its domain by EIP-5267).

import { hashDomain, hexToNumber, size, slice, zeroHash, type Abi, type Address, type Hex } from "viem";
import { projectTokenAbi } from "./abi";
import type { Chain } from "./chain";
import { isNative, type Sale } from "./sale";

export interface Domain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly verifyingContract: Address;
}

const FIELDS = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
] as const;

const DOMAIN_ABI = [
  {
    type: "function",
    name: "eip712Domain",
    stateMutability: "view",
    inputs: [],
    outputs: [
      { type: "bytes1", name: "fields" },
      { type: "string", name: "name" },
      { type: "string", name: "version" },
      { type: "uint256", name: "chainId" },
      { type: "address", name: "verifyingContract" },
      { type: "bytes32", name: "salt" },
      { type: "uint256[]", name: "extensions" },
    ],
  },
] as const;

/** The domain under which the token takes permits; null: it takes none that this page could ask for. */
export async function permitDomain(chain: Chain, sale: Sale, block: bigint): Promise<Domain | null> {
  if (isNative(sale)) return null;
  const to = sale.paid.address;
  const token = (name: string, ...args: unknown[]) => ({ to, abi: projectTokenAbi as Abi, name, args });
  try {
    const [separator, nonce, name] = await chain.read(
      [token("DOMAIN_SEPARATOR"), token("nonces", sale.address), token("name")],
      block,
    );
    if (typeof separator !== "string" || separator === zeroHash || typeof nonce !== "bigint") return null;
    const said = await chain
      .read([{ to, abi: DOMAIN_ABI as Abi, name: "eip712Domain" }], block)
      .then(([answer]) => answer as readonly unknown[] | null, () => null);
    const names = said === null ? [[String(name), "1"], [String(name), "2"]] : [[String(said[1]), String(said[2])]];
    for (const [called, version] of names) {
      const domain = { name: called!, version: version!, chainId: sale.chainId, verifyingContract: to };
      if (hashDomain({ domain: { ...domain, chainId: BigInt(domain.chainId) }, types: { EIP712Domain: FIELDS } }) === separator) return domain;
    }
  } catch {
    return null; // a token that answers nonsense gets an approval
  }
  return null;
}

export async function permitNonce(chain: Chain, sale: Sale, account: Address, block: bigint): Promise<bigint> {
  const call = { to: sale.paid.address, abi: projectTokenAbi as Abi, name: "nonces", args: [account] };
  return (await chain.read([call], block))[0] as bigint;
}

export function permitMessage(
  domain: Domain,
  permit: { owner: Address; spender: Address; value: bigint; nonce: bigint; deadline: bigint },
): object {
  return {
    types: {
      EIP712Domain: FIELDS,
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Permit",
    domain,
    message: permit,
  };
}

/** v, r and s of a signature of 65 bytes. */
export function partsOf(signature: Hex): readonly [number, Hex, Hex] {
  if (size(signature) !== 65) throw new Error("the signature has no 65 bytes");
  const v = hexToNumber(slice(signature, 64, 65));
  return [v < 27 ? v + 27 : v, slice(signature, 0, 32), slice(signature, 32, 64)];
}
