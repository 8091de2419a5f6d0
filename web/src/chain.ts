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

export class Chain {
  constructor(private readonly url: string) {}

  /** Answers in the order of the requests; refusals of contracts stand in their places. */
  async ask(requests: readonly Request[]): Promise<(unknown | Refusal)[]> {
    if (requests.length === 0) return [];
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
      throw new NodeError(`${method}: ${answer.error.message ?? "refused"}`);
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

  async logs(address: Address, block: bigint): Promise<{ topics: Hex[]; data: Hex }[]> {
    const at = hex(block);
    const found = await this.one("eth_getLogs", { address, fromBlock: at, toBlock: at });
    if (!Array.isArray(found)) throw new NodeError("eth_getLogs: no list");
    return found.map((each: { topics: unknown[]; data: unknown }) => ({
      topics: each.topics.map(bytes),
      data: bytes(each.data),
    }));
  }
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
