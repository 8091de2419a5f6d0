// How a sale stands at a block, and how one account does.

import type { Abi, Address } from "viem";
import {
  passRegistryAbi,
  proceedsEscrowAbi,
  projectTokenAbi,
  subscriptionSaleAbi,
} from "./abi";
import type { Demand, Settlement } from "./allotment";
import { integer, type Block, type Call, type Chain } from "./chain";
import { isNative, type Sale } from "./sale";

export const FUNDED = 0, SUCCEEDED = 1, FAILED = 2;
export const NONE = 0, SUBSCRIBED = 1, CLAIMED = 2, REFUNDED = 3, EXITED = 4;
export const DELIVERING = 1, EXITING = 3;

export interface Opening {
  readonly startsAt: bigint;
  readonly root: `0x${string}`;
  readonly publishedAt: bigint;
  readonly pausedUntil: bigint;
  readonly isChallenged: boolean;
}

export interface Delivery {
  readonly status: number;
  readonly current: bigint;
  readonly attestedAt: bigint;
  readonly objected: bigint;
  readonly attestations: bigint;
  readonly exitAt: bigint;
  readonly releasedBps: bigint;
}

export interface SaleNow {
  readonly block: Block;
  readonly status: number;
  readonly opening: Opening;
  readonly settled: number;
  /** By session, by row of the coefficient table. */
  readonly demands: readonly (readonly (Demand & { readonly accounts: number })[])[];
  readonly settlements: readonly Settlement[];
  readonly totalWeight: bigint;
  readonly delivery: Delivery;
  readonly bond: bigint;
}

export interface Position {
  readonly allotted: bigint;
  readonly amount: bigint;
  readonly coefficient: number;
  readonly session: number;
  readonly stage: number;
}

export interface Pass {
  readonly attester: Address;
  readonly jurisdiction: number;
  readonly level: number;
  readonly expiresAt: number;
  readonly revokedAt: number;
}

export interface AccountNow {
  readonly account: Address;
  readonly position: Position;
  readonly deposit: bigint;
  readonly allotment: bigint;
  readonly weight: bigint;
  readonly claimable: { readonly tokens: bigint; readonly refund: bigint };
  readonly nonce: bigint;
  readonly exit: { readonly returned: bigint; readonly amount: bigint };
  readonly hasObjected: boolean;
  readonly hasSharedBond: boolean;
  readonly passes: readonly Pass[];
  readonly balance: bigint;
  readonly allowance: bigint;
  readonly isContract: boolean;
}

export async function saleNow(chain: Chain, sale: Sale): Promise<SaleNow> {
  const block = await chain.block();
  const { sessions, tiers } = sale.terms.sale;
  const of = reader(sale.address, subscriptionSaleAbi);
  const escrow = reader(sale.escrow, proceedsEscrowAbi);
  const pairs = sessions.flatMap((_, session) => tiers.map((_, tier) => [session, tier] as const));
  const [status, opening, settled, totalWeight, delivery, slash, ...rest] = (await chain.read(
    [
      of("status"),
      of("opening"),
      of("sessionsSettled"),
      of("totalWeight"),
      escrow("delivery"),
      escrow("slash"),
      ...sessions.map((_, session) => of("settlementOf", BigInt(session))),
      ...pairs.map(([session, tier]) => of("demandOf", BigInt(session), BigInt(tier))),
    ],
    block.number,
  )) as [number, Opening, bigint, bigint, Delivery, readonly [bigint, bigint], ...unknown[]];
  const settlements = rest.slice(0, sessions.length) as { remaining: bigint; weight: bigint; fullFrom: number }[];
  const rows = rest.slice(sessions.length) as { subscribed: bigint; accounts: number }[];
  return {
    block,
    status,
    opening,
    settled: Number(settled),
    totalWeight,
    delivery,
    bond: slash[0],
    settlements: settlements.map((each) => ({ ...each, fullFrom: BigInt(each.fullFrom) })),
    demands: sessions.map((_, session) =>
      tiers.map(({ coefficient }, tier) => {
        const { subscribed, accounts } = rows[session * tiers.length + tier]!;
        return { coefficient, subscribed, accounts };
      }),
    ),
  };
}

export async function accountNow(
  chain: Chain,
  sale: Sale,
  account: Address,
  block: bigint,
): Promise<AccountNow> {
  const of = reader(sale.address, subscriptionSaleAbi);
  const escrow = reader(sale.escrow, proceedsEscrowAbi);
  const registry = reader(sale.terms.sale.admission.passRegistry, passRegistryAbi);
  const { attesters } = sale.terms.sale;
  const token = reader(sale.paid.address, projectTokenAbi);
  const paid = isNative(sale) ? [] : [token("balanceOf", account), token("allowance", account, sale.address)];
  const at = `0x${block.toString(16)}` as const;
  const [answers, raw] = await Promise.all([
    chain.read(
      [
        of("positionOf", account),
        of("depositOf", account),
        of("allotmentOf", account),
        of("weightOf", account),
        of("claimableOf", account),
        of("nonceOf", account),
        escrow("exitOf", account),
        escrow("hasObjected", account),
        escrow("hasSharedBond", account),
        ...attesters.map((each) => registry("passOf", each, account)),
        ...paid,
      ],
      block,
    ),
    chain.ask([
      ["eth_getBalance", account, at],
      ["eth_getCode", account, at],
    ]),
  ]);
  const [position, deposit, allotment, weight, claimable, nonce, exit, hasObjected, hasSharedBond, ...rest] =
    answers as [
      Position, bigint, bigint, bigint, readonly [bigint, bigint], bigint, readonly [bigint, bigint] | null,
      boolean, boolean, ...unknown[],
    ];
  const passes = rest.slice(0, attesters.length) as Omit<Pass, "attester">[];
  const [balance, allowance] = isNative(sale)
    ? [integer(raw[0]), 0n]
    : (rest.slice(attesters.length) as [bigint, bigint]);
  return {
    account,
    position,
    deposit,
    allotment,
    weight,
    claimable: { tokens: claimable[0], refund: claimable[1] },
    nonce,
    exit: { returned: exit?.[0] ?? 0n, amount: exit?.[1] ?? 0n },
    hasObjected,
    hasSharedBond,
    passes: passes.map((each, place) => ({ ...each, attester: attesters[place]! })),
    balance,
    allowance,
    // An account that has delegated (EIP-7702) still signs for itself.
    isContract: raw[1] !== "0x" && !String(raw[1]).startsWith("0xef0100"),
  };
}

/** Which session takes subscriptions at a time; -1: none does. */
export function openSession(sale: Sale, now: SaleNow, time: number): number {
  const moment = BigInt(time);
  const place = sale.terms.sale.sessions.findIndex((each) => each.start <= moment && moment < each.end);
  return now.status === FUNDED && place <= now.settled ? place : -1;
}

/** The coefficient of a holding; null: it is below the table. */
export function tierOf(sale: Sale, holding: bigint): { coefficient: bigint; threshold: bigint } | null {
  return sale.terms.sale.tiers.findLast((each) => each.threshold <= holding) ?? null;
}

export function nextTier(sale: Sale, holding: bigint): { coefficient: bigint; threshold: bigint } | null {
  return sale.terms.sale.tiers.find((each) => each.threshold > holding) ?? null;
}

export type PassState = "counts" | "none" | "revoked" | "expired" | "level" | "jurisdiction";

/** Whether an account is admitted, and if not, what its best pass lacks. */
export function admission(sale: Sale, passes: readonly Pass[], time: number): PassState {
  const { level, jurisdictions } = sale.terms.sale.admission;
  const states = passes.map((each): PassState => {
    if (each.level === 0) return each.revokedAt > 0 ? "revoked" : "none";
    if (time >= each.expiresAt) return "expired";
    if (BigInt(each.level) < level) return "level";
    const word = jurisdictions[each.jurisdiction >> 8] ?? 0n;
    return (word >> BigInt(each.jurisdiction & 255)) & 1n ? "counts" : "jurisdiction";
  });
  const order: PassState[] = ["counts", "jurisdiction", "level", "expired", "revoked", "none"];
  return order.find((each) => states.includes(each)) ?? "none";
}

function reader(to: Address, abi: readonly unknown[]): (name: string, ...args: unknown[]) => Call {
  return (name, ...args) => ({ to, abi: abi as Abi, name, args });
}
