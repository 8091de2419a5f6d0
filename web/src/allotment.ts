// The rule of the sale, written from its interface: who is served in full, and how the rest is shared.
// Agrees with the contract and with the Python model to the last unit; tests hold them against one another.

import { mulDivDown } from "./amounts";

export interface Demand {
  readonly coefficient: bigint;
  readonly subscribed: bigint;
}

/** Coefficients from `fullFrom` on get everything; the others share `remaining` by `weight`. */
export interface Settlement {
  readonly remaining: bigint;
  readonly weight: bigint;
  readonly fullFrom: bigint;
}

/** `demands` has a row for each coefficient of the table, strictly increasing. */
export function settle(supply: bigint, demands: readonly Demand[]): Settlement {
  let remaining = supply;
  let weight = demands.reduce((sum, each) => sum + each.coefficient * each.subscribed, 0n);
  let fullFrom = (demands.at(-1)?.coefficient ?? 0n) + 1n;
  for (const { coefficient, subscribed } of demands.toReversed()) {
    if (coefficient * remaining < weight) return { remaining, weight, fullFrom };
    remaining -= subscribed;
    weight -= coefficient * subscribed;
    fullFrom = coefficient;
  }
  return { remaining: 0n, weight: 0n, fullFrom: 1n };
}

export function allotmentDown(subscribed: bigint, coefficient: bigint, outcome: Settlement): bigint {
  if (coefficient >= outcome.fullFrom) return subscribed;
  return mulDivDown(coefficient * subscribed, outcome.remaining, outcome.weight);
}

/** What one account would be allotted of `more` beside the `has` that it has in the session. */
export interface Preview {
  readonly accepted: bigint;
  /** If nobody asked for more. Nobody can take back what was asked for, so this is the best case too. */
  readonly best: bigint;
  /** If all that the limit leaves were asked for with the highest coefficient; 0 without a limit. */
  readonly worst: bigint;
}

export function preview(
  session: { readonly supply: bigint; readonly limit: bigint },
  demands: readonly Demand[],
  own: { readonly coefficient: bigint; readonly has: bigint },
  more: bigint,
): Preview {
  const total = demands.reduce((sum, each) => sum + each.subscribed, 0n);
  const room = session.limit === 0n ? more : session.limit - total;
  const accepted = more < room ? more : room > 0n ? room : 0n;
  const subscribed = own.has + accepted;
  const share = (rows: readonly Demand[]) =>
    allotmentDown(subscribed, own.coefficient, settle(session.supply, rows));
  const now = grown(demands, own.coefficient, accepted);
  const best = share(now);
  if (session.limit === 0n) return { accepted, best, worst: 0n };
  const highest = demands.at(-1)?.coefficient ?? own.coefficient;
  return { accepted, best, worst: share(grown(now, highest, session.limit - total - accepted)) };
}

function grown(demands: readonly Demand[], coefficient: bigint, more: bigint): Demand[] {
  return demands.map((each) =>
    each.coefficient === coefficient ? { ...each, subscribed: each.subscribed + more } : each,
  );
}
