// Whether what the node says of a sale and of an account follows from the rest of what it says, by the page's own
// arithmetic. A node that lies has to lie about the demand too, which everybody sees.

import { allotmentDown, settle } from "./allotment";
import { costUp, type Sale } from "./sale";
import { CLAIMED, EXITED, FAILED, REFUNDED, SUBSCRIBED, SUCCEEDED, type AccountNow, type SaleNow } from "./standing";
import { vestedDown } from "./vesting";

/** A figure of the node's that is not what follows. */
export interface Difference {
  readonly what: "settlement" | "allotment" | "deposit" | "tokens" | "refund";
  readonly expected: bigint;
  readonly found: bigint;
}

export function differences(sale: Sale, now: SaleNow, own: AccountNow | null): Difference[] {
  const pairs = [...ofSettlements(sale, now), ...(own === null ? [] : ofAccount(sale, now, own))];
  return pairs.filter(({ expected, found }) => expected !== found);
}

function ofSettlements(sale: Sale, now: SaleNow): Difference[] {
  return sale.terms.sale.sessions.flatMap(({ supply }, session) => {
    const found = now.settlements[session]!;
    if (found.fullFrom === 0n) return []; // not settled
    const expected = settle(supply, now.demands[session]!);
    return (["remaining", "weight", "fullFrom"] as const).map((name) => ({
      what: "settlement" as const,
      expected: expected[name],
      found: found[name],
    }));
  });
}

function ofAccount(sale: Sale, now: SaleNow, own: AccountNow): Difference[] {
  const { stage, allotted, amount, coefficient, session } = own.position;
  const waiting = stage === SUBSCRIBED ? amount : 0n;
  const settlement = now.settlements[session]!;
  const won = settlement.fullFrom > 0n && waiting > 0n ? allotmentDown(waiting, BigInt(coefficient), settlement) : 0n;
  const allotment = stage === REFUNDED ? 0n : allotted + won;
  const deposit = stage === REFUNDED ? 0n : costUp(sale, allotted + waiting);
  const taken = stage === CLAIMED || stage === EXITED ? amount : 0n;
  const isOpen = now.status === SUCCEEDED && stage !== EXITED;
  const vested = vestedDown(allotment, sale.terms.sale.vesting, BigInt(now.block.time));
  const refund = isOpen ? deposit - costUp(sale, allotment) : now.status === FAILED ? deposit : 0n;
  return [
    { what: "allotment", expected: allotment, found: own.allotment },
    { what: "deposit", expected: deposit, found: own.deposit },
    { what: "tokens", expected: isOpen ? vested - taken : 0n, found: own.claimable.tokens },
    { what: "refund", expected: refund, found: own.claimable.refund },
  ];
}
