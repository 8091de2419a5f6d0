// Amounts: integers in base units, and how people write them.

export interface Token {
  readonly symbol: string;
  readonly decimals: number;
}

export const BASIS_POINTS = 10_000n;

export function mulDivDown(a: bigint, b: bigint, divisor: bigint): bigint {
  return (a * b) / divisor;
}

export function mulDivUp(a: bigint, b: bigint, divisor: bigint): bigint {
  return (a * b + divisor - 1n) / divisor;
}

export function least(...values: readonly [bigint, ...bigint[]]): bigint {
  return values.reduce((one, other) => (one < other ? one : other));
}

/** Exact: every digit that is not a zero at the end, thousands parted as `locale` does. */
export function written(amount: bigint, decimals: number, locale: string): string {
  const unit = 10n ** BigInt(decimals);
  const whole = (amount / unit).toLocaleString(locale);
  const rest = (amount % unit).toString().padStart(decimals, "0").replace(/0+$/, "");
  return rest === "" ? whole : whole + pointOf(locale) + rest;
}

/** Base units of what somebody typed; null where it is no amount, or finer than the token. */
export function parsed(text: string, decimals: number): bigint | null {
  const found = /^(\d{1,60})?(?:[.,](\d{0,60}))?$/.exec(text.replace(/[\s'’_]/g, ""));
  if (found === null || (found[1] === undefined && !found[2])) return null;
  const rest = found[2] ?? "";
  if (rest.length > decimals) return null;
  return BigInt((found[1] ?? "0") + rest.padEnd(decimals, "0"));
}

export function percent(bps: bigint | number, locale: string): string {
  return (Number(bps) / 10_000).toLocaleString(locale, {
    style: "percent",
    maximumFractionDigits: 2,
  });
}

function pointOf(locale: string): string {
  return (1.5).toLocaleString(locale).replace(/\d/g, "");
}
