// Wallets that the browser offers: by EIP-6963, and the one that older wallets put into the window.

import { getAddress, isAddress, type Address, type Hex } from "viem";
import { bytes } from "./chain";
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

/** One wallet in use. */
export class Connection {
  account: Address | null = null;
  chainId = 0;

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
  async send(message: { from: Address; to: Address; data: Hex; value: bigint }, chainId: number): Promise<Hex> {
    const { from, to, data, value } = message;
    const coins = value > 0n ? { value: `0x${value.toString(16)}` } : {};
    const transaction = { from, to, data, ...coins, chainId: `0x${chainId.toString(16)}` };
    return bytes(await this.request("eth_sendTransaction", [transaction]));
  }

  async sign(typed: object): Promise<Hex> {
    const text = JSON.stringify(typed, (_, value) => (typeof value === "bigint" ? value.toString() : value));
    return bytes(await this.request("eth_signTypedData_v4", [this.account, text]));
  }

  async switchTo(chainId: number): Promise<void> {
    await this.request("wallet_switchEthereumChain", [{ chainId: `0x${chainId.toString(16)}` }]);
    this.chainId = Number(await this.request("eth_chainId"));
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
    this.changed();
  };

  private readonly onChain = (chainId: unknown) => {
    this.chainId = Number(chainId);
    this.changed();
  };

  private take(accounts: unknown): void {
    const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
    this.account = typeof first === "string" && isAddress(first, { strict: false }) ? getAddress(first) : null;
  }
}
