// What a participant can do: each action as the transaction that it is, and how its outcome is read.

import { encodeFunctionData, type Abi, type Address, type Hex } from "viem";
import { passRegistryAbi, proceedsEscrowAbi, projectTokenAbi, subscriptionSaleAbi } from "./abi";
import { decoded, type Message } from "./chain";
import type { Proof } from "./holdings";
import type { SignedPass } from "./passes";
import { partsOf } from "./permits";
import { isNative, type Sale } from "./sale";

export type Kind =
  | "approve" | "subscribe" | "approveAndSubscribe" | "present" | "claim" | "claimTo" | "refund" | "refundTo"
  | "exit" | "exitWithoutTokens" | "object" | "shareBond" | "settle" | "abandon";

export interface Action {
  readonly kind: Kind;
  readonly message: Message;
  /** What it is about, by its kind: an amount in base units, or a time. */
  readonly amount: bigint;
  readonly to: Address;
  /** The values that a call returned. */
  readonly outcome: (result: Hex) => readonly bigint[];
  /** What goes before it in the same transaction, and the values that are then calculated. */
  readonly after?: { readonly message: Message; readonly values: readonly bigint[] };
}

export interface Permit {
  readonly value: bigint;
  readonly deadline: bigint;
  readonly signature: Hex;
}

interface Made {
  readonly kind: Kind;
  readonly from: Address;
  readonly contract: Address;
  readonly abi: readonly unknown[];
  readonly name: string;
  readonly args?: readonly unknown[];
  readonly value?: bigint;
  readonly amount?: bigint;
  readonly to?: Address;
}

function made(it: Made): Action {
  const abi = it.abi as Abi;
  return {
    kind: it.kind,
    amount: it.amount ?? 0n,
    to: it.to ?? it.from,
    message: {
      from: it.from,
      to: it.contract,
      data: encodeFunctionData({ abi, functionName: it.name, args: it.args ?? [] }),
      value: it.value ?? 0n,
    },
    outcome: (result) => {
      if (result === "0x") return [];
      const found = decoded({ abi, name: it.name }, result);
      return (Array.isArray(found) ? found : [found]) as bigint[];
    },
  };
}

const own = (sale: Sale, from: Address) => ({ from, contract: sale.address, abi: subscriptionSaleAbi });
const escrow = (sale: Sale, from: Address) => ({ from, contract: sale.escrow, abi: proceedsEscrowAbi });

export function approve(sale: Sale, from: Address, value: bigint): Action {
  const token = { from, contract: sale.paid.address, abi: projectTokenAbi };
  return made({ ...token, kind: "approve", name: "approve", args: [sale.address, value], amount: value });
}

/** `due` is what is paid at most, sent along where it is coin; the proof is only looked at the first time. */
export function subscribe(
  sale: Sale,
  from: Address,
  amount: bigint,
  proof: Proof | null,
  due: bigint,
  permit: Permit | null,
): Action {
  const shown = [amount, proof?.holding ?? 0n, proof?.path ?? []];
  const it = { ...own(sale, from), kind: "subscribe" as const, amount: due };
  if (permit === null) return made({ ...it, name: "subscribe", args: shown, value: isNative(sale) ? due : 0n });
  const args = [...shown, permit.value, permit.deadline, ...partsOf(permit.signature)];
  return made({ ...it, name: "subscribeWithPermit", args });
}

/** Both in one transaction, for wallets that can do that. */
export function approveAndSubscribe(
  sale: Sale,
  from: Address,
  amount: bigint,
  proof: Proof | null,
  due: bigint,
  accepted: bigint,
): Action {
  const { message } = approve(sale, from, due);
  const subscription = subscribe(sale, from, amount, proof, due, null);
  return { ...subscription, kind: "approveAndSubscribe", after: { message, values: [accepted] } };
}

export function present(sale: Sale, from: Address, pass: SignedPass): Action {
  const registry = { from, contract: sale.terms.sale.admission.passRegistry, abi: passRegistryAbi };
  const { attestation, attester, signature } = pass;
  const amount = BigInt(attestation.expiresAt);
  return made({ ...registry, kind: "present", name: "present", args: [attestation, attester, signature], amount });
}

export function claim(sale: Sale, from: Address): Action {
  return made({ ...own(sale, from), kind: "claim", name: "claim" });
}

export function refund(sale: Sale, from: Address): Action {
  return made({ ...own(sale, from), kind: "refund", name: "refund" });
}

/** For an account that has signed, sent by anybody. */
export function payTo(
  sale: Sale,
  kind: "claimTo" | "refundTo",
  from: Address,
  account: Address,
  to: Address,
  deadline: bigint,
  signature: Hex,
): Action {
  return made({ ...own(sale, from), kind, name: kind, args: [account, to, deadline, signature], to });
}

export function exit(sale: Sale, from: Address, to: Address, withTokens: boolean): Action {
  const kind = withTokens ? "exit" : "exitWithoutTokens";
  return made({ ...escrow(sale, from), kind, name: kind, args: [to], to });
}

export function object(sale: Sale, from: Address): Action {
  return made({ ...escrow(sale, from), kind: "object", name: "object" });
}

export function shareBond(sale: Sale, from: Address): Action {
  return made({ ...escrow(sale, from), kind: "shareBond", name: "shareBond", args: [from] });
}

export function settle(sale: Sale, from: Address): Action {
  return made({ ...own(sale, from), kind: "settle", name: "settle" });
}

export function abandon(sale: Sale, from: Address): Action {
  return made({ ...own(sale, from), kind: "abandon", name: "abandon" });
}

/** What an account signs to be paid elsewhere; `nonce` is its position. */
export function payMessage(
  sale: Sale,
  kind: "claimTo" | "refundTo",
  word: { account: Address; to: Address; nonce: bigint; deadline: bigint },
): object {
  const primaryType = kind === "claimTo" ? "ClaimTo" : "RefundTo";
  return {
    types: {
      EIP712Domain: [
        { name: "name", type: "string" },
        { name: "version", type: "string" },
        { name: "chainId", type: "uint256" },
        { name: "verifyingContract", type: "address" },
      ],
      [primaryType]: [
        { name: "account", type: "address" },
        { name: "to", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType,
    domain: {
      name: "Jumpstart SubscriptionSale",
      version: "1",
      chainId: sale.chainId,
      verifyingContract: sale.address,
    },
    message: word,
  };
}
