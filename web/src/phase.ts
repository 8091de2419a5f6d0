// Where a sale is, in the order of its life; a function of what was read and the time.

import { FAILED, openSession, SUCCEEDED, type SaleNow } from "./standing";
import type { Sale } from "./sale";

export type Phase =
  | { readonly name: "noHoldings" | "challenged"; readonly until: bigint }
  | { readonly name: "before"; readonly session: number; readonly until: bigint }
  | { readonly name: "open"; readonly session: number; readonly until: bigint }
  | { readonly name: "paused"; readonly session: number; readonly until: bigint }
  | { readonly name: "unsettled"; readonly session: number }
  | { readonly name: "succeeded" }
  | { readonly name: "failed" };

export function phaseOf(sale: Sale, now: SaleNow, time: number): Phase {
  const { sessions } = sale.terms.sale;
  const moment = BigInt(time);
  const { opening } = now;
  if (now.status === SUCCEEDED) return { name: "succeeded" };
  if (now.status === FAILED) return { name: "failed" };
  const isEmpty = /^0x0+$/.test(opening.root);
  if (opening.isChallenged) return { name: "challenged", until: opening.startsAt };
  if (isEmpty) return { name: "noHoldings", until: opening.startsAt };
  const session = openSession(sale, now, time);
  if (session >= 0 && !isFilled(sale, now, session)) {
    if (moment < opening.pausedUntil) return { name: "paused", session, until: opening.pausedUntil };
    return { name: "open", session, until: sessions[session]!.end };
  }
  const due = sessions[now.settled]!;
  if (moment >= due.end || isFilled(sale, now, now.settled)) return { name: "unsettled", session: now.settled };
  return { name: "before", session: now.settled, until: due.start };
}

/** Nobody can subscribe any more, as the limit is reached. */
export function isFilled(sale: Sale, now: SaleNow, session: number): boolean {
  const { limit } = sale.terms.sale.sessions[session]!;
  return limit > 0n && now.demands[session]!.reduce((sum, each) => sum + each.subscribed, 0n) >= limit;
}
