// Figures as people read them, in one language.

import type { Address } from "viem";
import { percent, written, type Token } from "./amounts";
import { shortOf, type Sale } from "./sale";
import type { Texts } from "./texts/en";
import type { Figures } from "./texts/errors";

export class Writer implements Figures {
  constructor(
    readonly t: Texts,
    private readonly sale: Sale,
  ) {}

  readonly tokens = (value: unknown): string => this.of(value, this.sale.sold);
  readonly paid = (value: unknown): string => this.of(value, this.sale.paid);
  readonly bonded = (value: unknown): string => this.of(value, this.sale.bonded);
  readonly held = (value: unknown): string =>
    this.sale.held === null ? this.plain(value) : this.of(value, this.sale.held);
  readonly plain = (value: unknown): string => {
    return typeof value === "bigint" || typeof value === "number" ? value.toLocaleString(this.t.locale) : String(value);
  };

  share(bps: bigint | number): string {
    return percent(bps, this.t.locale);
  }

  /** A weighted total of 1,000,000, as points of 100. */
  points(value: bigint): string {
    return (Number(value) / 10_000).toLocaleString(this.t.locale, { maximumFractionDigits: 2 });
  }

  address(value: Address): string {
    return shortOf(value);
  }

  /** Unix seconds, in the reader's own time and in UTC. */
  readonly time = (value: unknown): string => {
    const moment = Number(value);
    if (!Number.isFinite(moment) || moment > 8.64e12) return String(value);
    const date = new Date(moment * 1000);
    const own = date.toLocaleString(this.t.locale, { dateStyle: "medium", timeStyle: "short" });
    return this.t.at(own, `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`);
  };

  /** Of seconds, as days and a clock. */
  countdown(seconds: number): string {
    const left = Math.max(0, Math.floor(seconds));
    const clock = [Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
    const text = clock.map((each) => String(each).padStart(2, "0")).join(":");
    return this.t.countdown(Math.floor(left / 86400), text);
  }

  private of(value: unknown, token: Token): string {
    return typeof value === "bigint" ? `${written(value, token.decimals, this.t.locale)} ${token.symbol}` : String(value);
  }
}
