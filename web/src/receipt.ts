// A participant's receipt, as `jumpstart audit` writes it: figures with what proves them, checked by the same code that
// every receipt brings with it.

import { encodeAbiParameters, keccak256, pad, stringToHex, type Address, type Hex } from "viem";
import verifier from "../../jumpstart/audit/receipt/verify.js";
import { headerOf, receiptProof } from "./blocks";
import { bytes, hex, NodeError, type Chain, type Log } from "./chain";
import type { Proof } from "./holdings";
import type { Sale } from "./sale";

/** What follows from a receipt; amounts in base units, as decimal digits. */
export interface Figures {
  readonly chainId: string;
  readonly account: string;
  readonly sale: string;
  readonly block: string;
  readonly blockHash: string;
  readonly stage: string;
  readonly allotted: string;
  readonly cost: string;
  readonly deposit: string;
  readonly paidBack: string;
  readonly taken: string;
  readonly claimable: { readonly tokens: string; readonly refund: string };
}

export interface Receipt {
  readonly figures: Figures;
  /** Canonical JSON (RFC 8785). */
  readonly text: string;
}

type Json = Readonly<Record<string, unknown>>;

const { EVENTS, figuresOf, verify } = verifier;

// Where a sale keeps what is proved: its first slot of each.
const STATE = 0n, HOLDINGS_ROOT = 1n, POSITIONS = 4n, DEMANDS = 5n, SETTLEMENTS = 6n;
const SLOTS = 100; // that a node is asked to prove at once

const TOPICS = new Map(Object.keys(EVENTS).map((each) => [keccak256(stringToHex(each)), EVENTS[each]!]));

/** The receipt of an account at a block. Throws NodeError where the node cannot prove it, Error where it proves another. */
export async function receiptOf(
  chain: Chain,
  sale: Sale,
  account: Address,
  proof: Proof | null,
  block: bigint,
): Promise<Receipt> {
  const at = hex(block);
  const [found, code, escrowCode] = await chain.ask([
    ["eth_getBlockByNumber", at, false],
    ["eth_getCode", sale.address, at],
    ["eth_getCode", sale.escrow, at],
  ]);
  const nodes = await stateNodes(chain, sale, account, [bytes(code), bytes(escrowCode)], block);
  const made = {
    format: "jumpstart-receipt-v1",
    account,
    sale: sale.address,
    escrow: sale.escrow,
    block: { header: headerOf(found), nodes },
    code: { sale: bytes(code), escrow: bytes(escrowCode) },
    holding: proof === null ? null : { amount: String(proof.holding), proof: proof.path },
    events: await provedEvents(chain, sale, account, block),
    audit: null,
  };
  const figures = figuresOf(made);
  return { figures, text: canonical({ ...made, figures }) };
}

/** The figures of a receipt that somebody has. Throws Error with what does not fit. */
export function checked(text: string): Figures {
  return verify(JSON.parse(text) as object);
}

/** The nodes of the state's tree on the way to all that is proved, each once. */
async function stateNodes(
  chain: Chain,
  sale: Sale,
  account: Address,
  codes: readonly [Hex, Hex],
  block: bigint,
): Promise<Hex[]> {
  const { sessions, tiers } = sale.terms.sale;
  const slots = [
    STATE,
    HOLDINGS_ROOT,
    placeOf(BigInt(account), POSITIONS),
    ...sessions.map((_, session) => SETTLEMENTS + BigInt(session)),
    ...sessions.flatMap((_, session) =>
      tiers.map((_, tier) => placeOf((BigInt(session) << 128n) | BigInt(tier), DEMANDS)),
    ),
  ].map((slot) => pad(hex(slot)));
  const asked: [Address, Hex[]][] = [];
  for (let start = 0; start < slots.length; start += SLOTS) {
    asked.push([sale.address, slots.slice(start, start + SLOTS)]);
  }
  for (const address of [sale.escrow, ...codes.map(implementationOf)]) asked.push([address, []]);
  const nodes = new Set<Hex>();
  for (const [address, wanted] of asked) {
    const answer = (await chain.one("eth_getProof", address, wanted, hex(block))) as Json | null;
    const { accountProof, storageProof } = answer ?? {};
    if (!Array.isArray(accountProof) || !Array.isArray(storageProof)) throw new NodeError("eth_getProof: no proof");
    for (const node of accountProof) nodes.add(bytes(node));
    for (const each of storageProof as Json[]) for (const node of each["proof"] as unknown[]) nodes.add(bytes(node));
  }
  return [...nodes];
}

/** What a clone runs: the address in its code. */
function implementationOf(code: Hex): Address {
  return `0x${code.slice(22, 62)}`;
}

function placeOf(key: bigint, slot: bigint): bigint {
  return BigInt(keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [key, slot])));
}

/** All that the account did in the sale, each with its block's header and the proof of its transaction's receipt. */
async function provedEvents(chain: Chain, sale: Sale, account: Address, block: bigint): Promise<object[]> {
  const own = pad(account);
  const from = [sale.listedIn, block] as const;
  const address = [sale.address, sale.escrow];
  const kinds = (place: number) => [...TOPICS].filter(([, [indexed]]) => indexed[place] === "account").map(([topic]) => topic);
  const found = [
    ...(await chain.allLogs({ address, topics: [kinds(0), own] }, ...from)),
    ...(await chain.allLogs({ address, topics: [kinds(1), null, own] }, ...from)),
  ];
  found.sort((one, other) => Number(one.block - other.block) || one.place - other.place);
  const blocks = new Map<bigint, Promise<[Hex, readonly unknown[]]>>();
  const proved: object[] = [];
  for (const log of found) {
    if (!blocks.has(log.block)) blocks.set(log.block, minedIn(chain, log.block));
    const [header, receipts] = await blocks.get(log.block)!;
    proved.push(provedEvent(log, header, receipts));
  }
  return proved;
}

async function minedIn(chain: Chain, block: bigint): Promise<[Hex, readonly unknown[]]> {
  const found = (await chain.one("eth_getBlockByNumber", hex(block), false)) as Json;
  const hashes = found["transactions"] as unknown[];
  const receipts = await chain.ask(hashes.map((each) => ["eth_getTransactionReceipt", each] as const));
  return [headerOf(found), receipts];
}

function provedEvent(log: Log, header: Hex, receipts: readonly unknown[]): object {
  const place = receipts.findIndex((each) => (each as Json)["transactionHash"] === log.transaction);
  if (place < 0) throw new NodeError(`block ${log.block} has no transaction ${log.transaction}`);
  // Counted here: in receipts, some nodes count the logs of each transaction from 0.
  const before = receipts.slice(0, place).reduce<number>((sum, each) => sum + logsOf(each).length, 0);
  return {
    header,
    transaction: String(place),
    log: String(log.place - before),
    nodes: receiptProof(receipts, place),
  };
}

function logsOf(receipt: unknown): readonly unknown[] {
  return (receipt as { logs: readonly unknown[] }).logs;
}

/** All values are texts, lists or nothing, so the order of names is all that has to be settled. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
}
