// What the page is about: the sale that its own HTML names, and the node that it asks. Nothing comes from the address bar.

import { getAddress, isAddress, type Address } from "viem";

export interface Config {
  readonly sale: Address;
  readonly chainId: number;
  readonly rpc: string;
  /** The folder of the proofs, relative to the page; empty: there is none. */
  readonly proofs: string;
}

export class ConfigError extends Error {}

/** Throws ConfigError where the page does not say what it is about. */
export function configOf(page: Document): Config {
  const sale = content(page, "sale");
  if (!isAddress(sale)) throw new ConfigError(`sale: ${sale} is no address`);
  const chainId = Number(content(page, "chain"));
  if (!Number.isSafeInteger(chainId) || chainId < 1) throw new ConfigError(`chain: ${chainId}`);
  return { sale: getAddress(sale), chainId, rpc: content(page, "rpc"), proofs: content(page, "proofs") };
}

function content(page: Document, name: string): string {
  const found = page.querySelector(`meta[name="jumpstart-${name}"]`)?.getAttribute("content");
  if (found === null || found === undefined) throw new ConfigError(`${name} is missing`);
  return found;
}
