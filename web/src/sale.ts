// A sale and what is fixed of it: found by its address, its terms held against the hash in its own code.

import {
  decodeAbiParameters,
  decodeEventLog,
  getAddress,
  keccak256,
  slice,
  size,
  zeroAddress,
  type Abi,
  type AbiParameterToPrimitiveType,
  type Address,
  type Hex,
} from "viem";
import { launchpadAbi, projectReviewAbi, projectTokenAbi, subscriptionSaleAbi, termsAbi } from "./abi";
import { bytes, Chain, integer, NodeError, type Call } from "./chain";
import type { Config } from "./config";
import { legible } from "./legible";
import { mulDivUp, type Token } from "./amounts";

export type Terms = AbiParameterToPrimitiveType<(typeof termsAbi)[0]>;

export interface Sale {
  readonly address: Address;
  readonly chainId: number;
  readonly application: bigint;
  readonly terms: Terms;
  readonly termsHash: Hex;
  readonly launchpad: Address;
  readonly review: Address;
  readonly guardian: Address;
  readonly escrow: Address;
  readonly listedIn: bigint;
  readonly sold: Token & { readonly address: Address };
  readonly paid: Token & { readonly address: Address };
  /** In whose units the thresholds are; null where that token is on another chain. */
  readonly held: Token | null;
  readonly bonded: Token;
  /** SHA-256 of what was reviewed. */
  readonly dossierHash: Hex;
  readonly scorecard: Scorecard;
}

/** The reviewers' medians, 0 to 100 for each criterion, and their weighted total of 1,000,000. */
export interface Scorecard {
  readonly medians: readonly number[];
  readonly floors: readonly number[];
  readonly weights: readonly number[];
  readonly total: bigint;
  readonly bar: bigint;
}

type Result = readonly [medians: readonly number[], total: bigint];

interface Rules {
  readonly bondToken: Address;
  readonly floors: readonly number[];
  readonly weightsBps: readonly number[];
  readonly bar: bigint;
}

/** The contract is no sale of this kind, or the node says of its terms what its code does not. */
export class SaleError extends Error {}

const COIN: Token = { symbol: "ETH", decimals: 18 };
const PROXY = /^0x363d3d373d3d3d363d73([0-9a-f]{40})5af43d82803e903d91602b57fd5bf3/;

/** Throws NodeError or SaleError. */
export async function saleOf(chain: Chain, config: Config): Promise<Sale> {
  const { sale: address } = config;
  const [chainId, code, newest] = await chain.ask([
    ["eth_chainId"],
    ["eth_getCode", address, "latest"],
    ["eth_blockNumber"],
  ]);
  if (Number(chainId) !== config.chainId) throw new NodeError(`the node is of chain ${Number(chainId)}`);
  const termsHash = boundHash(bytes(code));
  const head = integer(newest);
  const sale = (name: string): Call => ({ to: address, abi: subscriptionSaleAbi as Abi, name });
  const [application, parts] = (await chain.read([sale("applicationId"), sale("parts")], head)) as [
    bigint | null,
    readonly [Address, Address, Address] | null,
  ];
  if (application === null || parts === null) throw new SaleError("no sale");
  const [launchpad, review] = parts;
  const front = (name: string, ...args: unknown[]): Call => ({
    to: launchpad,
    abi: launchpadAbi as Abi,
    name,
    args,
  });
  const reviewed = (name: string, ...args: unknown[]): Call => ({
    to: review,
    abi: projectReviewAbi as Abi,
    name,
    args,
  });
  const [listed, block, escrow, guardian, result, rules, applied] = (await chain.read(
    [
      front("saleOf", application),
      front("listingBlockOf", application),
      front("escrowOf", address),
      reviewed("guardian"),
      reviewed("resultOf", application),
      reviewed("rules"),
      reviewed("applicationOf", application),
    ],
    head,
  )) as [Address, bigint, Address, Address, Result, Rules, { dossierHash: Hex }];
  if (listed !== address) throw new SaleError("its launchpad does not list it");
  const terms = await publishedTerms(chain, launchpad, application, block, termsHash);
  const deal = terms.sale.deal;
  const isHere = Number(terms.holdings.chainId) === config.chainId;
  const [sold, paid, bonded, held] = await tokens(
    chain,
    [deal.saleToken, deal.paymentToken, rules.bondToken, isHere ? terms.holdings.token : zeroAddress],
    head,
  );
  return {
    address,
    chainId: config.chainId,
    application,
    terms,
    termsHash,
    launchpad,
    review,
    guardian,
    escrow,
    listedIn: block,
    sold: { ...sold!, address: deal.saleToken },
    paid: { ...paid!, address: deal.paymentToken },
    held: isHere ? held! : null,
    bonded: bonded!,
    dossierHash: applied.dossierHash,
    scorecard: {
      medians: result[0],
      floors: rules.floors,
      weights: rules.weightsBps,
      total: result[1],
      bar: rules.bar,
    },
  };
}

/** The hash of the terms, with which the arguments of a clone begin. */
function boundHash(code: Hex): Hex {
  const found = PROXY.exec(code);
  if (found === null || size(code) < found[0].length / 2 - 1 + 32) throw new SaleError("no sale");
  const start = found[0].length / 2 - 1;
  return slice(code, start, start + 32);
}

/** What was listed, if it hashes to what the sale is bound to. */
async function publishedTerms(
  chain: Chain,
  launchpad: Address,
  application: bigint,
  block: bigint,
  hash: Hex,
): Promise<Terms> {
  for (const log of await chain.logs({ address: launchpad }, block, block)) {
    try {
      const event = decodeEventLog({
        abi: launchpadAbi,
        eventName: "Listed",
        topics: log.topics as [Hex, ...Hex[]],
        data: log.data,
      });
      if (event.args.applicationId !== application) continue;
      if (keccak256(event.args.terms) !== hash) throw new SaleError("other terms were published");
      return decodeAbiParameters(termsAbi, event.args.terms)[0];
    } catch (error) {
      if (error instanceof SaleError) throw error;
    }
  }
  throw new SaleError("its terms were not published where its launchpad says");
}

/** What tokens say of themselves; the zero address is the native coin. */
async function tokens(chain: Chain, addresses: readonly Address[], block: bigint): Promise<Token[]> {
  const names = ["symbol", "decimals"];
  const asked = addresses.filter((each) => each !== zeroAddress);
  const calls = asked.flatMap((to) => names.map((name) => ({ to, abi: projectTokenAbi as Abi, name })));
  const answers = await Promise.all(
    calls.map((call) => chain.read([call], block).then(
      ([answer]) => answer,
      () => null, // a symbol may be anything, or nothing
    )),
  );
  return addresses.map((address) => {
    if (address === zeroAddress) return COIN;
    const place = 2 * asked.indexOf(address);
    const decimals = Number(answers[place + 1] ?? 0);
    if (!Number.isInteger(decimals) || decimals > 77) throw new SaleError("a token has no decimals");
    const symbol = typeof answers[place] === "string" ? legible(answers[place], 12) : "";
    return { symbol: symbol || shortOf(address), decimals };
  });
}

export function shortOf(address: Address): string {
  const text = getAddress(address);
  return `${text.slice(0, 6)}…${text.slice(-4)}`;
}

export function isNative(sale: Sale): boolean {
  return sale.paid.address === zeroAddress;
}

/** What so many tokens cost in all, rounded up as the contract does. */
export function costUp(sale: Sale, tokens_: bigint): bigint {
  const { price, priceUnit } = sale.terms.sale.deal;
  return mulDivUp(tokens_, price, priceUnit);
}
