// One node: calls at one block, many in a message. Every answer is taken for text from a stranger.

import {
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  hexToBigInt,
  type Abi,
  type Address,
  type Hex,
} from "viem";
import { errorsAbi } from "./abi";

/** The node does not answer, or answers what cannot be read. */
export class NodeError extends Error {}

/** The node answers that it will not do this, or cannot. */
export class NodeRefusal extends NodeError {}

/** A contract refuses. `name` is that of its error; empty where it gives none that is ours. */
export class Refusal extends Error {
  constructor(
    readonly error: string,
    readonly args: readonly unknown[],
  ) {
    super(error || "no reason");
  }
}

export interface Call {
  readonly to: Address;
  readonly abi: Abi;
  readonly name: string;
  readonly args?: readonly unknown[];
}

export interface Message {
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
  readonly value: bigint;
}

export interface Block {
  readonly number: bigint;
  readonly time: number;
}

interface Answer {
  readonly id: number | null;
  readonly result?: unknown;
  readonly error?: { readonly message?: string; readonly data?: unknown };
}

type Request = readonly [method: string, ...params: unknown[]];

const PATIENCE = 15_000; // milliseconds
const MOST = 100; // requests in a message

export class Chain {
  constructor(private readonly url: string) {}

  /** Answers in the order of the requests; refusals of contracts stand in their places. */
  async ask(requests: readonly Request[]): Promise<(unknown | Refusal)[]> {
    if (requests.length === 0) return [];
    if (requests.length > MOST) {
      return [...(await this.ask(requests.slice(0, MOST))), ...(await this.ask(requests.slice(MOST)))];
    }
    const body = requests.map(([method, ...params], id) => ({ jsonrpc: "2.0", id, method, params }));
    let answers: unknown;
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body.length === 1 ? body[0] : body),
        signal: AbortSignal.timeout(PATIENCE),
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      answers = await response.json();
    } catch (error) {
      throw new NodeError(String(error));
    }
    const found = new Map<number, Answer>();
    const nameless: Answer[] = []; // some nodes forget the id of what they refuse
    for (const each of (Array.isArray(answers) ? answers : [answers]) as (Answer | null)[]) {
      if (typeof each !== "object" || each === null) continue;
      if (each.id === null && each.error !== undefined) nameless.push(each);
      else if (each.id !== null) found.set(each.id, each);
    }
    return body.map(({ id, method }) => {
      const answer = found.get(id) ?? nameless.shift();
      if (answer === undefined) throw new NodeError(`${method}: no answer`);
      if (answer.error === undefined) return answer.result;
      const refusal = refusalOf(answer.error);
      if (refusal !== null && (method === "eth_call" || method === "eth_estimateGas")) return refusal;
      throw new NodeRefusal(`${method}: ${answer.error.message ?? "refused"}`);
    });
  }

  async one(...request: Request): Promise<unknown> {
    const [answer] = await this.ask([request]);
    if (answer instanceof Refusal) throw answer;
    return answer;
  }

  async block(tag: bigint | "latest" = "latest"): Promise<Block> {
    const found = await this.one("eth_getBlockByNumber", tag === "latest" ? tag : hex(tag), false);
    const { number, timestamp } = (found ?? {}) as Record<string, unknown>;
    return { number: integer(number), time: Number(integer(timestamp)) };
  }

  /** Values of functions at a block, in the order of the calls; null where a contract refuses. */
  async read(calls: readonly Call[], block: bigint): Promise<unknown[]> {
    const requests = calls.map(
      (each) => ["eth_call", { to: each.to, data: encoded(each) }, hex(block)] as const,
    );
    const answers = await this.ask(requests);
    return calls.map((each, place) => {
      const answer = answers[place];
      return answer instanceof Refusal ? null : decoded(each, bytes(answer));
    });
  }

  /** What a transaction would return if it was sent now. Throws Refusal. */
  async simulate(message: Message): Promise<Hex> {
    const { from, to, data, value } = message;
    return bytes(await this.one("eth_call", { from, to, data, value: hex(value) }, "latest"));
  }

  /** In the order of the chain. */
  async logs(wanted: Wanted, from: bigint, to: bigint): Promise<Log[]> {
    const found = await this.one("eth_getLogs", { ...wanted, fromBlock: hex(from), toBlock: hex(to) });
    if (!Array.isArray(found)) throw new NodeError("eth_getLogs: no list");
    return found.map(logOf);
  }

  /** The same, where a range that is too long for the node is asked for in halves. */
  async allLogs(wanted: Wanted, from: bigint, to: bigint): Promise<Log[]> {
    try {
      return await this.logs(wanted, from, to);
    } catch (error) {
      if (!(error instanceof NodeRefusal) || to - from < SHORT) throw error;
      const middle = (from + to) / 2n;
      return [...(await this.allLogs(wanted, from, middle)), ...(await this.allLogs(wanted, middle + 1n, to))];
    }
  }

  /** What each of some transactions would return if they were sent now, one after the other. Throws Refusal; NodeRefusal
   * where the node cannot try that (eth_simulateV1). */
  async simulateAll(messages: readonly Message[]): Promise<Hex[]> {
    const calls = messages.map(({ from, to, data, value }) => ({ from, to, data, value: hex(value) }));
    const answer = await this.one("eth_simulateV1", { blockStateCalls: [{ calls }] }, "latest");
    const found = (answer as { calls?: unknown }[] | null)?.[0]?.calls;
    if (!Array.isArray(found) || found.length !== calls.length) throw new NodeError("eth_simulateV1: no calls");
    return (found as Record<string, unknown>[]).map((each) => {
      if (each["status"] === "0x1") return bytes(each["returnData"]);
      throw refusalOf({ message: "reverted", data: each["returnData"] }) ?? new Refusal("", []);
    });
  }
}

/** What logs are asked for: whose, and with which topics; null: any. */
export interface Wanted {
  readonly address: Address | readonly Address[];
  readonly topics?: readonly (Hex | readonly Hex[] | null)[];
}

export interface Log {
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly block: bigint;
  readonly transaction: Hex;
  /** Among the logs of its block. */
  readonly place: number;
}

const SHORT = 256n; // blocks; a node that refuses so few refuses something else

function logOf(found: Readonly<Record<string, unknown>>): Log {
  if (!Array.isArray(found["topics"])) throw new NodeError("eth_getLogs: no topics");
  return {
    topics: found["topics"].map(bytes),
    data: bytes(found["data"]),
    block: integer(found["blockNumber"]),
    transaction: bytes(found["transactionHash"]),
    place: Number(integer(found["logIndex"])),
  };
}

export function encoded(call: Call): Hex {
  return encodeFunctionData({ abi: call.abi, functionName: call.name, args: call.args ?? [] });
}

export function decoded(call: Pick<Call, "abi" | "name">, data: Hex): unknown {
  try {
    return decodeFunctionResult({ abi: call.abi, functionName: call.name, data });
  } catch (error) {
    throw new NodeError(`${call.name}: ${String(error)}`);
  }
}

export function hex(value: bigint): Hex {
  return `0x${value.toString(16)}`;
}

export function integer(value: unknown): bigint {
  const text = bytes(value);
  return text === "0x" ? 0n : hexToBigInt(text);
}

export function bytes(value: unknown): Hex {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]*$/.test(value)) {
    throw new NodeError("an answer is not hexadecimal");
  }
  return value as Hex;
}

/** What a node's error says of a contract's refusal; null: it is about something else. */
export function refusalOf(error: { readonly message?: string; readonly data?: unknown }): Refusal | null {
  const data = dataIn(error.data);
  if (data !== null && data.length >= 10) {
    try {
      const { errorName, args } = decodeErrorResult({ abi: errorsAbi, data });
      return new Refusal(errorName, args ?? []);
    } catch {
      return new Refusal("", [data]);
    }
  }
  return /revert|out ?of ?gas|invalid opcode/i.test(error.message ?? "") ? new Refusal("", []) : null;
}

/** Nodes and wallets put it at different depths. */
function dataIn(value: unknown, depth = 0): Hex | null {
  if (typeof value === "string") return (/0x[0-9a-fA-F]*$/.exec(value)?.[0] ?? null) as Hex | null;
  if (typeof value !== "object" || value === null || depth > 4) return null;
  for (const name of ["data", "result", "originalError", "cause", "error"]) {
    const found = dataIn((value as Record<string, unknown>)[name], depth + 1);
    if (found !== null) return found;
  }
  return null;
}
