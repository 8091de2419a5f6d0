// A transaction's way: what it would do, the wallet's word, and what became of it, asked of our own node.

import type { Address, Hex } from "viem";
import type { Action } from "./actions";
import { integer, NodeError, Refusal, refusalOf, type Chain } from "./chain";
import { WalletError, type Connection } from "./wallets";

export type Progress =
  | { readonly step: "simulating" }
  | { readonly step: "ready"; readonly values: readonly bigint[] }
  | { readonly step: "refused"; readonly refusal: Refusal }
  | { readonly step: "signing" }
  | { readonly step: "sent"; readonly hash: Hex }
  | { readonly step: "done"; readonly hash: Hex; readonly values: readonly bigint[] }
  | { readonly step: "reverted"; readonly hash: Hex }
  | { readonly step: "replaced"; readonly hash: Hex }
  | { readonly step: "dropped"; readonly hash: Hex }
  | { readonly step: "rejected" }
  | { readonly step: "moved" }
  | { readonly step: "elsewhere" }
  | { readonly step: "unreachable" }
  | { readonly step: "failed"; readonly words: string };

interface Known {
  readonly from: unknown;
  readonly nonce: unknown;
}

const POLL = 1_500; // milliseconds
const PATIENCE = 120_000; // for a transaction that no node knows

/** What it would do now. */
export async function simulated(chain: Chain, action: Action): Promise<Progress> {
  try {
    return { step: "ready", values: action.outcome(await chain.simulate(action.message)) };
  } catch (error) {
    if (error instanceof Refusal) return { step: "refused", refusal: error };
    return { step: "unreachable" };
  }
}

/** Sends it and follows it to its end; `tell` hears of every step. */
export async function send(
  chain: Chain,
  connection: Connection,
  action: Action,
  chainId: number,
  tell: (progress: Progress) => void,
): Promise<Progress> {
  const end = (progress: Progress) => {
    tell(progress);
    return progress;
  };
  tell({ step: "signing" });
  const before = await simulated(chain, action);
  if (before.step !== "ready") return end(before);
  const { from } = action.message;
  // Whoever confirms must be who it was made for.
  if (connection.account !== from) return end({ step: "moved" });
  let hash: Hex, nonce: bigint;
  try {
    if (!(await connection.isOn(chainId))) return end({ step: "elsewhere" });
    nonce = integer(await chain.one("eth_getTransactionCount", from, "latest"));
    hash = await connection.send(action.message, chainId);
  } catch (error) {
    if (error instanceof NodeError) return end({ step: "unreachable" });
    if (!(error instanceof WalletError)) return end({ step: "failed", words: String(error) });
    if (error.kind === "rejected") return end({ step: "rejected" });
    const refusal = refusalOf((error.cause_ ?? {}) as { message?: string; data?: unknown });
    return end(refusal === null ? { step: "failed", words: error.message } : { step: "refused", refusal });
  }
  tell({ step: "sent", hash });
  return end(await ended(chain, from, hash, nonce, before.values));
}

async function ended(
  chain: Chain,
  from: Address,
  hash: Hex,
  nonce: bigint,
  values: readonly bigint[],
): Promise<Progress> {
  let lastKnown = Date.now();
  let passed = 0; // how often in a row another transaction had its number
  for (;;) {
    await new Promise((wake) => setTimeout(wake, POLL));
    try {
      const [receipt, known, count] = await chain.ask([
        ["eth_getTransactionReceipt", hash],
        ["eth_getTransactionByHash", hash],
        ["eth_getTransactionCount", from, "latest"],
      ]);
      if (receipt !== null && typeof receipt === "object") {
        const status = (receipt as { status?: unknown }).status;
        return status === "0x1" ? { step: "done", hash, values } : { step: "reverted", hash };
      }
      // What a contract does is in somebody else's transaction, with its sender's number.
      const isOwn = known === null || String((known as Known).from).toLowerCase() === from.toLowerCase();
      const number = known === null ? nonce : integer((known as Known).nonce);
      passed = isOwn && integer(count) > number ? passed + 1 : 0;
      if (passed === 2) return { step: "replaced", hash };
      if (known !== null) lastKnown = Date.now();
      else if (Date.now() - lastKnown >= PATIENCE) return { step: "dropped", hash };
    } catch (error) {
      if (!(error instanceof NodeError)) throw error; // a node that comes back says how it ended
    }
  }
}
