// Wallets that the browser offers: by EIP-6963, and the one that older wallets put into the window.

import { getAddress, isAddress, type Address, type Hex } from "viem";
import { bytes, hex, type Message } from "./chain";
import { legible } from "./legible";

export interface Provider {
  request(args: { method: string; params?: readonly unknown[] }): Promise<unknown>;
  on?(event: string, listener: (value: unknown) => void): void;
  removeListener?(event: string, listener: (value: unknown) => void): void;
}

export interface Wallet {
  readonly id: string;
  readonly name: string;
  /** A picture as a data URI; empty: it has none that can be shown. */
  readonly icon: string;
  readonly provider: Provider;
}

/** Why a wallet did not do what it was asked to. */
export class WalletError extends Error {
  constructor(
    readonly kind: "rejected" | "failed",
    message: string,
    readonly cause_: unknown = null,
  ) {
    super(message);
  }
}

/** Says which wallets there are, each time another one announces itself. */
export function discover(found: (wallets: readonly Wallet[]) => void): void {
  const wallets = new Map<string, Wallet>();
  const legacy = (window as { ethereum?: Provider }).ethereum;
  const tell = () => {
    const announced = [...wallets.values()];
    const isAnnounced = announced.some((each) => each.provider === legacy);
    const older =
      legacy === undefined || isAnnounced ? [] : [{ id: "window.ethereum", name: "", icon: "", provider: legacy }];
    found([...announced, ...older]);
  };
  window.addEventListener("eip6963:announceProvider", (event) => {
    const detail = (event as CustomEvent).detail as { info?: Record<string, unknown>; provider?: Provider };
    const { uuid, name, icon } = detail?.info ?? {};
    if (typeof uuid !== "string" || typeof detail.provider?.request !== "function") return;
    wallets.set(uuid, {
      id: uuid,
      name: legible(String(name ?? ""), 30),
      icon: typeof icon === "string" && /^data:image\/(png|svg\+xml|webp|jpeg)[;,]/.test(icon) ? icon : "",
      provider: detail.provider,
    });
    tell();
  });
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  tell();
}

/** What a wallet says of a bundle of calls (EIP-5792). */
export interface Bundle {
  readonly state: "pending" | "done" | "reverted" | "dropped";
  /** Of the transaction that it became; null: none yet. */
  readonly hash: Hex | null;
}

type Capabilities = Readonly<Record<string, { readonly atomic?: { readonly status?: unknown } }>>;

/** One wallet in use. */
export class Connection {
  account: Address | null = null;
  chainId = 0;
  /** Whether it does several calls in one transaction, all of them or none. */
  isAtomic = false;

  private constructor(
    readonly wallet: Wallet,
    private readonly changed: () => void,
  ) {}

  /** Asks for an account, or with `isSilent` only for one that the page was shown before. Throws WalletError. */
  static async open(wallet: Wallet, changed: () => void, isSilent = false): Promise<Connection> {
    const found = new Connection(wallet, changed);
    const accounts = await found.request(isSilent ? "eth_accounts" : "eth_requestAccounts");
    found.take(accounts);
    found.chainId = Number(await found.request("eth_chainId"));
    void found.ask();
    wallet.provider.on?.("accountsChanged", found.onAccounts);
    wallet.provider.on?.("chainChanged", found.onChain);
    return found;
  }

  close(): void {
    this.wallet.provider.removeListener?.("accountsChanged", this.onAccounts);
    this.wallet.provider.removeListener?.("chainChanged", this.onChain);
    this.account = null;
  }

  /** Asks again which chain it is on: not every wallet says so when it moves. */
  async isOn(chainId: number): Promise<boolean> {
    this.chainId = Number(await this.request("eth_chainId"));
    return this.chainId === chainId;
  }

  /** The hash of the transaction. A wallet that knows `chainId` refuses it on another chain. */
  async send(message: Message, chainId: number): Promise<Hex> {
    const { from, to, data, value } = message;
    const coins = value > 0n ? { value: hex(value) } : {};
    const transaction = { from, to, data, ...coins, chainId: hex(BigInt(chainId)) };
    return bytes(await this.request("eth_sendTransaction", [transaction]));
  }

  /** Several calls in one transaction, all of them or none; the name under which the wallet knows them. */
  async sendAll(messages: readonly [Message, ...Message[]], chainId: number): Promise<string> {
    const { from } = messages[0];
    const calls = messages.map(({ to, data, value }) => ({ to, data, value: hex(value) }));
    const bundle = { version: "2.0.0", from, chainId: hex(BigInt(chainId)), atomicRequired: true, calls };
    const { id } = ((await this.request("wallet_sendCalls", [bundle])) ?? {}) as { id?: unknown };
    if (typeof id !== "string") throw new WalletError("failed", "wallet_sendCalls: no id");
    return id;
  }

  async bundle(id: string): Promise<Bundle> {
    const answer = await this.request("wallet_getCallsStatus", [id]);
    const { status, receipts } = (answer ?? {}) as { status?: unknown; receipts?: { transactionHash?: unknown }[] };
    const code = Number(status);
    const last = Array.isArray(receipts) ? receipts.at(-1)?.transactionHash : undefined;
    const state = code < 200 ? "pending" : code < 300 ? "done" : code < 500 ? "dropped" : "reverted";
    return { state, hash: last === undefined ? null : bytes(last) };
  }

  async sign(typed: object): Promise<Hex> {
    const text = JSON.stringify(typed, (_, value) => (typeof value === "bigint" ? value.toString() : value));
    return bytes(await this.request("eth_signTypedData_v4", [this.account, text]));
  }

  async switchTo(chainId: number): Promise<void> {
    await this.request("wallet_switchEthereumChain", [{ chainId: hex(BigInt(chainId)) }]);
    this.chainId = Number(await this.request("eth_chainId"));
    await this.ask();
  }

  /** What it can do for its account on its chain; a wallet that does not know the question can do nothing more. */
  private async ask(): Promise<void> {
    const { account, chainId } = this;
    const chain = hex(BigInt(chainId));
    let isAtomic = false;
    try {
      const found = (await this.request("wallet_getCapabilities", [account, [chain]])) as Capabilities | null;
      isAtomic = ["supported", "ready"].includes(String(found?.[chain]?.atomic?.status));
    } catch (error) {
      if (!(error instanceof WalletError)) throw error;
    }
    if (account !== this.account || chainId !== this.chainId) return; // it has moved meanwhile
    this.isAtomic = isAtomic;
    this.changed();
  }

  private async request(method: string, params: readonly unknown[] = []): Promise<unknown> {
    try {
      return await this.wallet.provider.request({ method, params });
    } catch (error) {
      const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
      throw new WalletError(code === 4001 ? "rejected" : "failed", legible(String(message ?? error), 200), error);
    }
  }

  private readonly onAccounts = (accounts: unknown) => {
    this.take(accounts);
    this.moved();
  };

  private readonly onChain = (chainId: unknown) => {
    this.chainId = Number(chainId);
    this.moved();
  };

  private moved(): void {
    this.isAtomic = false;
    this.changed();
    void this.ask();
  }

  private take(accounts: unknown): void {
    const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
    this.account = typeof first === "string" && isAddress(first, { strict: false }) ? getAddress(first) : null;
  }
}
