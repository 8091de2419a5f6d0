// A transaction's way: what it would do, the wallet's word, and what became of it, asked of our own node.

import type { Address, Hex } from "viem";
import type { Action } from "./actions";
import { integer, NodeError, NodeRefusal, Refusal, refusalOf, type Chain } from "./chain";
import { WalletError, type Connection } from "./wallets";

export type Progress =
  | { readonly step: "simulating" }
  | { readonly step: "ready"; readonly values: readonly bigint[]; readonly isCalculated: boolean }
  | { readonly step: "refused"; readonly refusal: Refusal }
  | { readonly step: "signing" }
  | { readonly step: "sent"; readonly hash: Hex | null }
  | { readonly step: "done"; readonly hash: Hex; readonly values: readonly bigint[] }
  | { readonly step: "reverted"; readonly hash: Hex | null }
  | { readonly step: "replaced"; readonly hash: Hex }
  | { readonly step: "dropped"; readonly hash: Hex | null }
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
    return { step: "ready", ...(await tried(chain, action)) };
  } catch (error) {
    if (error instanceof Refusal) return { step: "refused", refusal: error };
    return { step: "unreachable" };
  }
}

async function tried(chain: Chain, action: Action): Promise<{ values: readonly bigint[]; isCalculated: boolean }> {
  const { message, after } = action;
  if (after === undefined) return { values: action.outcome(await chain.simulate(message)), isCalculated: false };
  try {
    const [, result] = await chain.simulateAll([after.message, message]);
    return { values: action.outcome(result!), isCalculated: false };
  } catch (error) {
    if (!(error instanceof NodeRefusal)) throw error;
    await chain.simulate(after.message); // many nodes can only try the first
    return { values: after.values, isCalculated: true };
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
  try {
    if (!(await connection.isOn(chainId))) return end({ step: "elsewhere" });
    if (action.after !== undefined) {
      const id = await connection.sendAll([action.after.message, action.message], chainId);
      tell({ step: "sent", hash: null });
      return end(await bundleEnded(chain, connection, id, before.values));
    }
    const nonce = integer(await chain.one("eth_getTransactionCount", from, "latest"));
    const hash = await connection.send(action.message, chainId);
    tell({ step: "sent", hash });
    return end(await ended(chain, from, hash, nonce, before.values));
  } catch (error) {
    if (error instanceof NodeError) return end({ step: "unreachable" });
    if (!(error instanceof WalletError)) return end({ step: "failed", words: String(error) });
    if (error.kind === "rejected") return end({ step: "rejected" });
    const refusal = refusalOf((error.cause_ ?? {}) as { message?: string; data?: unknown });
    return end(refusal === null ? { step: "failed", words: error.message } : { step: "refused", refusal });
  }
}

/** The wallet says what became of its bundle; that it did is asked of our own node. */
async function bundleEnded(
  chain: Chain,
  connection: Connection,
  id: string,
  values: readonly bigint[],
): Promise<Progress> {
  for (;;) {
    await pause();
    const { state, hash } = await connection.bundle(id);
    if (state === "dropped" || state === "reverted") return { step: state, hash };
    if (state === "pending" || hash === null) continue;
    try {
      const receipt = (await chain.one("eth_getTransactionReceipt", hash)) as { status?: unknown } | null;
      if (receipt !== null) return receipt.status === "0x1" ? { step: "done", hash, values } : { step: "reverted", hash };
    } catch (error) {
      if (!(error instanceof NodeError)) throw error; // a node that comes back says how it ended
    }
  }
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
    await pause();
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

function pause(): Promise<unknown> {
  return new Promise((wake) => setTimeout(wake, POLL));
}
