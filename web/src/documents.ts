// Files that the page makes, or looks at for a participant: receipts and the dossier. What they say stays in the page.

import type { Chain } from "./chain";
import { dossierFile, dossierUri, type DossierFile } from "./dossier";
import type { Proof } from "./holdings";
import { reason } from "./legible";
import type { Figures, Receipt } from "./receipt";
import type { Sale } from "./sale";
import type { AccountNow } from "./standing";

/** A receipt of the account that is shown. */
export type Made =
  | { readonly state: "none" | "making" }
  | { readonly state: "made"; readonly receipt: Receipt; readonly url: string }
  | { readonly state: "failed"; readonly why: string };

/** What a receipt that somebody has proves, or why it does not. */
export type Verified = { readonly figures: Figures } | { readonly why: string };

export class Documents {
  made: Made = { state: "none" };
  verified: Verified | null = null;
  /** Where the dossier is said to be; null: not asked yet; empty: nobody says. */
  dossierAt: string | null = null;
  dossierFile: DossierFile | null = null;

  constructor(
    private readonly chain: Chain,
    private readonly draw: () => void,
  ) {}

  /** Another account is shown. */
  forget(): void {
    this.set({ state: "none" });
  }

  /** Makes the receipt of an account as of a block, and holds it against what the page shows of it. */
  async make(sale: Sale, own: AccountNow, proof: Proof | null, block: bigint): Promise<void> {
    const making: Made = { state: "making" };
    this.set(making);
    let made: Made;
    try {
      const { receiptOf } = await import("./receipt");
      const receipt = await receiptOf(this.chain, sale, own.account, proof, block);
      requireAgreement(receipt.figures, own);
      made = { state: "made", receipt, url: URL.createObjectURL(new Blob([receipt.text], { type: "application/json" })) };
    } catch (error) {
      made = { state: "failed", why: reason(error) };
    }
    if (this.made === making) this.set(made); // else another account is shown meanwhile
  }

  private set(made: Made): void {
    if (this.made.state === "made") URL.revokeObjectURL(this.made.url);
    this.made = made;
    this.draw();
  }

  /** Proves a receipt again that somebody has. */
  async verify(file: File): Promise<void> {
    try {
      const { checked } = await import("./receipt");
      this.verified = { figures: checked(await file.text()) };
    } catch (error) {
      this.verified = { why: reason(error) };
    }
    this.draw();
  }

  /** Once. Throws NodeError. */
  async findDossier(sale: Sale): Promise<void> {
    this.dossierAt ??= await dossierUri(this.chain, sale);
  }

  async compareDossier(sale: Sale, file: File): Promise<void> {
    this.dossierFile = await dossierFile(sale, file);
    this.draw();
  }
}

/** Throws Error where the node proves something else than it says. */
function requireAgreement(proved: Figures, own: AccountNow): void {
  for (const [name, expected, found] of [
    ["allotted", proved.allotted, own.allotment],
    ["deposit", proved.deposit, own.deposit],
    ["tokens", proved.claimable.tokens, own.claimable.tokens],
    ["refund", proved.claimable.refund, own.claimable.refund],
  ] as const) {
    if (expected !== String(found)) throw new Error(`${name}: ${expected} is proved, the node says ${found}`);
  }
}
