// Passes that attesters have signed, as `jumpstart pass` writes them: read from a file, and held against the sale.

import { getAddress, isAddress, isHex, size, type Address, type Hex } from "viem";
import type { Sale } from "./sale";

export interface SignedPass {
  readonly attester: Address;
  readonly attestation: {
    readonly account: Address;
    readonly identity: Hex;
    readonly jurisdiction: number;
    readonly level: number;
    readonly issuedAt: number;
    readonly expiresAt: number;
  };
  readonly signature: Hex;
}

/** The file is no pass, or one of something else: of what, and what it has to be. */
export class PassError extends Error {
  constructor(
    readonly what: "file" | "chain" | "registry" | "attester" | "account",
    readonly found = "",
    readonly expected = "",
  ) {
    super(what);
  }
}

/** Throws PassError. Whether the signature is the attester's, the registry says. */
export function passOf(text: string, sale: Sale, account: Address): SignedPass {
  const file = objectOf(text);
  const attestation = (file["attestation"] ?? {}) as Record<string, unknown>;
  const { attesters, admission } = sale.terms.sale;
  if (file["format"] !== "jumpstart-pass-v1") throw new PassError("file");
  const chain = String(file["chainId"]);
  if (chain !== String(sale.chainId)) throw new PassError("chain", chain, String(sale.chainId));
  const registry = address(file["registry"]);
  if (registry !== admission.passRegistry) throw new PassError("registry", registry, admission.passRegistry);
  const attester = address(file["attester"]);
  if (!attesters.includes(attester)) throw new PassError("attester", attester);
  const owner = address(attestation["account"]);
  if (owner !== account) throw new PassError("account", owner, account);
  return {
    attester,
    attestation: {
      account: owner,
      identity: word(attestation["identity"], 32),
      jurisdiction: number(attestation["jurisdiction"], 16),
      level: number(attestation["level"], 8),
      issuedAt: number(attestation["issuedAt"], 40),
      expiresAt: number(attestation["expiresAt"], 40),
    },
    signature: word(file["signature"], 65),
  };
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null) return found as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new PassError("file");
}

function address(value: unknown): Address {
  if (typeof value !== "string" || !isAddress(value, { strict: false })) throw new PassError("file");
  return getAddress(value);
}

function word(value: unknown, length: number): Hex {
  if (!isHex(value) || size(value) !== length) throw new PassError("file");
  return value;
}

function number(value: unknown, bits: number): number {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) >= 2 ** bits) throw new PassError("file");
  return value as number;
}
