// The page's state, and what changes it. Drawing it is the views' work.

import { getAddress, isAddress, type Address } from "viem";
import { approveAndSubscribe, payMessage, payTo, present, subscribe, type Action } from "./actions";
import { NodeError, type Chain } from "./chain";
import { differences, type Difference } from "./checks";
import type { Config } from "./config";
import { Documents } from "./documents";
import { proofOf, type Proof } from "./holdings";
import { reason } from "./legible";
import { PassError, passOf } from "./passes";
import { permitDomain, permitMessage, permitNonce, type Domain } from "./permits";
import { saleOf, SaleError, type Sale } from "./sale";
import { accountNow, NONE, saleNow, type AccountNow, type SaleNow } from "./standing";
import { language, type Language } from "./texts";
import { send, simulated, type Progress } from "./transactions";
import { Connection, discover, WalletError, type Wallet } from "./wallets";

export type Shown =
  | { readonly state: "unknown" }
  | { readonly state: "found"; readonly proof: Proof }
  | { readonly state: "missing" }
  | { readonly state: "nowhere" }
  | { readonly state: "broken"; readonly why: string };

/** An action on its way: what it is, and how far it has come. */
export interface Pending {
  readonly action: Action | null;
  readonly progress: Progress | { readonly step: "word" };
}

const POLL = 4_000; // milliseconds
const PERMIT_SECONDS = 1_800n;
const WORD_SECONDS = 3_600n;

export class App {
  sale: Sale | null = null;
  now: SaleNow | null = null;
  /** Why there is nothing to show. */
  problem: string | null = null;
  isNodeDown = false;
  wallets: readonly Wallet[] = [];
  connection: Connection | null = null;
  account: Address | null = null;
  own: AccountNow | null = null;
  shown: Shown = { state: "unknown" };
  /** Under which the payment token takes permits; null: it takes none; undefined: not asked yet. */
  domain: Domain | null | undefined = undefined;
  pending: Pending | null = null;
  walletProblem: string | null = null;
  /** What the node says and does not follow from the rest of what it says. */
  differences: readonly Difference[] = [];
  passProblem: PassError | null = null;
  readonly documents: Documents;
  lookText = "";
  isLookBad = false;
  amountText = "";
  isMoney = false;
  otherText = "";
  language: Language = language(navigator.languages);
  /** Milliseconds of our own clock when the newest block was read. */
  private readAt = Date.now();
  private round = 0;

  constructor(
    readonly config: Config,
    readonly chain: Chain,
    private readonly draw: () => void,
  ) {
    this.documents = new Documents(chain, draw);
  }

  /** Reads the sale, and keeps reading. */
  async run(): Promise<void> {
    discover((wallets) => {
      this.wallets = wallets;
      this.draw();
    });
    setInterval(this.draw, 1_000); // the clock
    for (;;) {
      await this.refresh();
      await new Promise((wake) => setTimeout(wake, POLL));
    }
  }

  /** Seconds of the chain, going on between its blocks. */
  get time(): number {
    if (this.now === null) return Math.floor(Date.now() / 1000);
    return this.now.block.time + Math.floor((Date.now() - this.readAt) / 1000);
  }

  /** Whether transactions can be sent from the account that is shown. */
  get canSend(): boolean {
    return (
      this.connection !== null &&
      this.connection.account !== null &&
      this.connection.account === this.account &&
      this.connection.chainId === this.config.chainId &&
      !this.isNodeDown &&
      this.differences.length === 0
    );
  }

  async refresh(): Promise<void> {
    const round = ++this.round;
    try {
      if (this.sale === null) {
        this.sale = await saleOf(this.chain, this.config);
        document.title = this.language.texts.title(this.sale.sold.symbol);
      }
      const now = await saleNow(this.chain, this.sale);
      const own =
        this.account === null ? null : await accountNow(this.chain, this.sale, this.account, now.block.number);
      if (round !== this.round) return; // a later reading has begun
      const hasNewRoot = now.opening.root !== this.now?.opening.root;
      this.now = now;
      this.readAt = Date.now();
      if (own?.account === this.account) this.own = own;
      this.differences = differences(this.sale, now, this.own);
      this.isNodeDown = false;
      this.problem = null;
      this.draw();
      if (hasNewRoot || this.shown.state === "unknown" || this.shown.state === "broken") await this.prove();
      if (this.domain === undefined) this.domain = await permitDomain(this.chain, this.sale, now.block.number);
      await this.documents.findDossier(this.sale);
    } catch (error) {
      if (error instanceof SaleError) this.problem = error.message;
      else if (error instanceof NodeError) this.isNodeDown = true;
      else throw error;
    }
    this.draw();
  }

  speak(found: Language): void {
    this.language = found;
    if (this.sale !== null) document.title = found.texts.title(this.sale.sold.symbol);
    this.draw();
  }

  /** Amounts are given in money, or in tokens. */
  count(isMoney: boolean): void {
    this.isMoney = isMoney;
    this.amountText = "";
    this.draw();
  }

  // ------------------------------------------------------------------------------------ accounts

  look(): void {
    const text = this.lookText.trim();
    this.isLookBad = !isAddress(text, { strict: false });
    if (!this.isLookBad) void this.show(getAddress(text));
    this.draw();
  }

  async connect(wallet: Wallet): Promise<void> {
    this.walletProblem = null;
    try {
      this.connection?.close();
      this.connection = await Connection.open(wallet, () => this.walletChanged());
      this.walletChanged();
    } catch (error) {
      this.connection = null;
      this.walletFailed(error);
    }
    this.draw();
  }

  disconnect(): void {
    this.connection?.close();
    this.connection = null;
    this.draw();
  }

  async switchChain(): Promise<void> {
    this.walletProblem = null;
    try {
      await this.connection?.switchTo(this.config.chainId);
    } catch (error) {
      this.walletFailed(error);
    }
    this.draw();
  }

  private walletChanged(): void {
    const account = this.connection?.account ?? null;
    if (account !== null && account !== this.account) {
      // What was prepared for another account must not be confirmed by this one.
      if (this.pending?.progress.step === "ready") this.pending = null;
      void this.show(account);
    }
    this.draw();
  }

  private walletFailed(error: unknown): void {
    const { progress } = this.language.texts;
    if (!(error instanceof WalletError)) throw error;
    this.walletProblem = error.kind === "rejected" ? progress.rejected : progress.failed(error.message);
  }

  private async show(account: Address): Promise<void> {
    this.account = account;
    this.own = null;
    this.shown = { state: "unknown" };
    this.passProblem = null;
    this.documents.forget();
    await this.refresh();
  }

  private async prove(): Promise<void> {
    const { account, now, config } = this;
    if (account === null || now === null) return;
    if (/^0x0+$/.test(now.opening.root)) return void (this.shown = { state: "unknown" });
    if (config.proofs === "") return void (this.shown = { state: "nowhere" });
    let shown: Shown;
    try {
      const proof = await proofOf(config.proofs, now.opening.root, account);
      shown = proof === null ? { state: "missing" } : { state: "found", proof };
    } catch (error) {
      shown = { state: "broken", why: reason(error) };
    }
    if (account === this.account) this.shown = shown;
  }

  // ------------------------------------------------------------------------------------- actions

  /** Shows what an action would do, for the participant to decide. */
  async prepare(action: Action): Promise<void> {
    this.pending = { action, progress: { step: "simulating" } };
    this.draw();
    const progress = await simulated(this.chain, action);
    if (this.pending?.action !== action) return;
    this.pending = { action, progress };
    this.draw();
  }

  async confirm(): Promise<void> {
    const { action } = this.pending ?? {};
    if (!action || this.connection === null) return;
    await send(this.chain, this.connection, action, this.config.chainId, (progress) => {
      this.pending = { action, progress };
      this.draw();
    });
    await this.refresh();
  }

  dismiss(): void {
    this.pending = null;
    this.draw();
  }

  /** Allows what is due and subscribes, in one transaction. */
  async subscribeAtOnce(amount: bigint, due: bigint, accepted: bigint): Promise<void> {
    const { sale, own } = this;
    if (sale === null || own === null) return;
    await this.prepare(approveAndSubscribe(sale, own.account, amount, this.firstProof, due, accepted));
  }

  /** What is shown with a first subscription; later ones need nothing. */
  private get firstProof(): Proof | null {
    return this.own?.position.stage === NONE && this.shown.state === "found" ? this.shown.proof : null;
  }

  /** Subscribes, with a signed permit of exactly `due` where `withPermit` says so. */
  async subscribe(amount: bigint, due: bigint, withPermit: boolean): Promise<void> {
    const { sale, own, connection } = this;
    if (sale === null || own === null || connection === null) return;
    const proof = this.firstProof;
    if (!withPermit || !this.domain) {
      return this.prepare(subscribe(sale, own.account, amount, proof, due, null));
    }
    const { domain } = this;
    await this.signed(async () => {
      const { number, time } = await this.chain.block();
      const nonce = await permitNonce(this.chain, sale, own.account, number);
      const deadline = BigInt(time) + PERMIT_SECONDS;
      const permit = { owner: own.account, spender: sale.address, value: due, nonce, deadline };
      const signature = await connection.sign(permitMessage(domain, permit));
      return subscribe(sale, own.account, amount, proof, due, { value: due, deadline, signature });
    });
  }

  /** Has a claim or a refund paid to another address, on the account's signed word. */
  async payOther(kind: "claimTo" | "refundTo", to: Address): Promise<void> {
    const { sale, own, connection } = this;
    if (sale === null || own === null || connection === null) return;
    await this.signed(async () => {
      const { time } = await this.chain.block();
      const deadline = BigInt(time) + WORD_SECONDS;
      const word = { account: own.account, to, nonce: own.nonce, deadline };
      const signature = await connection.sign(payMessage(sale, kind, word));
      return payTo(sale, kind, own.account, own.account, to, deadline, signature);
    });
  }

  /** Presents a pass from a file. */
  async presentPass(file: File): Promise<void> {
    const { sale, own } = this;
    if (sale === null || own === null) return;
    try {
      const pass = passOf(await file.text(), sale, own.account);
      this.passProblem = null;
      await this.prepare(present(sale, own.account, pass));
    } catch (error) {
      if (!(error instanceof PassError)) throw error;
      this.passProblem = error;
    }
    this.draw();
  }

  private async signed(make: () => Promise<Action>): Promise<void> {
    this.pending = { action: null, progress: { step: "word" } };
    this.draw();
    try {
      return await this.prepare(await make());
    } catch (error) {
      const progress: Progress =
        error instanceof WalletError && error.kind === "rejected"
          ? { step: "rejected" }
          : error instanceof NodeError
            ? { step: "unreachable" }
            : { step: "failed", words: reason(error) };
      this.pending = { action: null, progress };
      this.draw();
    }
  }
}
