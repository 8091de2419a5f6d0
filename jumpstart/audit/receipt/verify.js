// Verifies a receipt: what it proves by the hash of its block, and every figure that follows from it.
//
// The same rules as in figures.py and proofs.py, written once more in the language that every browser runs, so
// that a receipt needs neither this project's tools nor a node. `verify(receipt)` gives the figures, or throws an
// Error that says what does not fit. No part of it asks anybody for anything.

"use strict";

// ------------------------------------------------------------------------------------------------------- bytes

const hexOf = (bytes) => "0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function unhex(text) {
  if (typeof text !== "string" || !/^0x([0-9a-fA-F]{2})*$/.test(text)) {
    throw new Error(`expected hexadecimal digits after 0x, got ${String(text).slice(0, 20)}`);
  }
  const bytes = new Uint8Array(text.length / 2 - 1);
  for (let place = 0; place < bytes.length; place++) {
    bytes[place] = parseInt(text.slice(2 + 2 * place, 4 + 2 * place), 16);
  }
  return bytes;
}

const numberOf = (bytes) => (bytes.length ? BigInt(hexOf(bytes)) : 0n);
const wordOf = (number) => unhex("0x" + number.toString(16).padStart(64, "0"));
const same = (one, other) => hexOf(one) === hexOf(other);

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

// --------------------------------------------------------------------------------------- Keccak-256 (FIPS 202's
// permutation, with the padding from before the standard)

const RATE = 136;
const MASK = (1n << 64n) - 1n;
const turned = (lane, by) => (by ? ((lane << by) | (lane >> (64n - by))) & MASK : lane);

const [ROUND, TURN] = (() => {
  const constants = [];
  let register = 1;
  for (let round = 0; round < 24; round++) {
    let constant = 0n;
    for (let bit = 0; bit < 7; bit++) {
      if (register & 1) constant |= 1n << BigInt((1 << bit) - 1);
      register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1;
    }
    constants.push(constant);
  }
  const turns = new Array(25).fill(0n);
  let [x, y] = [1, 0];
  for (let step = 0; step < 24; step++) {
    turns[x + 5 * y] = BigInt((((step + 1) * (step + 2)) / 2) % 64);
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return [constants, turns];
})();

function permute(lanes) {
  for (const constant of ROUND) {
    const column = [0, 1, 2, 3, 4].map((x) => lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]);
    const moved = new Array(25);
    for (let x = 0; x < 5; x++) {
      const parity = column[(x + 4) % 5] ^ turned(column[(x + 1) % 5], 1n);
      for (let y = 0; y < 5; y++) {
        moved[y + 5 * ((2 * x + 3 * y) % 5)] = turned(lanes[x + 5 * y] ^ parity, TURN[x + 5 * y]);
      }
    }
    for (let y = 0; y < 25; y += 5) {
      for (let x = 0; x < 5; x++) {
        lanes[x + y] = moved[x + y] ^ (~moved[((x + 1) % 5) + y] & MASK & moved[((x + 2) % 5) + y]);
      }
    }
    lanes[0] ^= constant;
  }
}

function keccak256(bytes) {
  const padded = new Uint8Array(Math.floor(bytes.length / RATE + 1) * RATE);
  padded.set(bytes);
  padded[bytes.length] ^= 0x01;
  padded[padded.length - 1] ^= 0x80;
  const lanes = new Array(25).fill(0n);
  const view = new DataView(padded.buffer);
  for (let start = 0; start < padded.length; start += RATE) {
    for (let lane = 0; lane < RATE / 8; lane++) lanes[lane] ^= view.getBigUint64(start + 8 * lane, true);
    permute(lanes);
  }
  const hash = new DataView(new ArrayBuffer(32));
  for (let lane = 0; lane < 4; lane++) hash.setBigUint64(8 * lane, lanes[lane], true);
  return new Uint8Array(hash.buffer);
}

function checksummed(bytes) {
  const digits = hexOf(bytes).slice(2);
  const weights = hexOf(keccak256(new TextEncoder().encode(digits))).slice(2);
  return "0x" + Array.from(digits, (digit, place) => (weights[place] > "7" ? digit.toUpperCase() : digit)).join("");
}

// --------------------------------------------------------------------------------------------------------- RLP

function decoded(bytes, what) {
  const [item, end] = itemAt(bytes, 0, what);
  if (end !== bytes.length) throw new Error(`${what} cannot be read: it goes on after its end`);
  return item;
}

function itemAt(bytes, start, what) {
  const broken = () => new Error(`${what} cannot be read`);
  if (start >= bytes.length) throw broken();
  const first = bytes[start];
  if (first < 0x80) return [bytes.slice(start, start + 1), start + 1];
  const isList = first >= 0xc0;
  let size = first - (isList ? 0xc0 : 0x80);
  let from = start + 1;
  if (size > 55) {
    const width = size - 55;
    if (from + width > bytes.length || bytes[from] === 0) throw broken();
    size = Number(numberOf(bytes.slice(from, from + width)));
    from += width;
    if (size < 56) throw broken();
  }
  const end = from + size;
  if (end > bytes.length) throw broken();
  if (!isList) {
    if (size === 1 && bytes[from] < 0x80) throw broken();
    return [bytes.slice(from, end), end];
  }
  const items = [];
  while (from < end) {
    const [item, next] = itemAt(bytes, from, what);
    items.push(item);
    from = next;
  }
  if (from !== end) throw broken();
  return [items, end];
}

function listOf(bytes, what) {
  const fields = decoded(bytes, what);
  if (!Array.isArray(fields)) throw new Error(`${what} is none`);
  return fields;
}

/** A number below 2^32 as RLP. */
function encoded(number) {
  if (number === 0) return new Uint8Array([0x80]);
  if (number < 0x80) return new Uint8Array([number]);
  const digits = number.toString(16);
  const bytes = unhex("0x" + (digits.length % 2 ? "0" : "") + digits);
  return joined(new Uint8Array([0x80 + bytes.length]), bytes);
}

// ------------------------------------------------------------------------------------------ Merkle-Patricia trees

const EMPTY_ROOT = hexOf(keccak256(new Uint8Array([0x80])));
const nibblesOf = (bytes) => Array.from(bytes).flatMap((byte) => [byte >> 4, byte & 15]);

class Nodes {
  constructor(nodes) {
    if (!Array.isArray(nodes)) throw new Error("not a receipt of this version: nodes are no list");
    this.byHash = new Map(nodes.map((text) => unhex(text)).map((node) => [hexOf(keccak256(node)), node]));
    this.used = new Set();
  }

  /** Nothing that is brought is idle: what proves nothing could be changed unseen. */
  requireAllUsed(what) {
    if (this.used.size !== this.byHash.size) throw new Error(`${what} brings nodes that prove nothing`);
  }

  value(root, key) {
    let path = nibblesOf(key);
    let node = this.node(root);
    while (node !== null) {
      if (node.length === 17) {
        if (!path.length) return this.bytes(node[16]);
        const reference = node[path[0]];
        path = path.slice(1);
        node = this.next(reference);
        continue;
      }
      const packed = nibblesOf(this.bytes(node[0]));
      if (!packed.length || packed[0] > 3) throw new Error("a node has a path that is none");
      const part = packed.slice(packed[0] % 2 ? 1 : 2);
      const fits = part.every((nibble, place) => nibble === path[place]);
      if (packed[0] >= 2) {
        const value = this.bytes(node[1]);
        return fits && part.length === path.length ? value : new Uint8Array();
      }
      if (!fits) return new Uint8Array();
      path = path.slice(part.length);
      node = this.next(node[1]);
    }
    return new Uint8Array();
  }

  next(reference) {
    if (Array.isArray(reference)) return reference.length ? reference : null;
    return reference.length ? this.node(reference) : null;
  }

  node(hash) {
    const name = hexOf(hash);
    if (name === EMPTY_ROOT) return null;
    const found = this.byHash.get(name);
    if (!found) throw new Error(`the proof has no node ${name}`);
    this.used.add(name);
    const node = listOf(found, `node ${name}`);
    if (node.length !== 2 && node.length !== 17) throw new Error(`node ${name} is none of a tree`);
    return node;
  }

  bytes(found) {
    if (Array.isArray(found)) throw new Error("a node has a list where a value has to be");
    return found;
  }
}

// ------------------------------------------------------------------------------------------------------- proofs

const EVENTS = {
  "Subscribed(address,uint256,uint256)": [["account"], ["coefficient", "accepted"]],
  "Claimed(address,uint256,uint256)": [["account"], ["tokens", "refund"]],
  "Refunded(address,uint256)": [["account"], ["refund"]],
  "Redirected(address,address)": [["account", "to"], []],
  "Exited(address,uint256,uint256,uint256)": [["account"], ["kept", "returned", "refund"]],
  "ExitPaid(address,address,uint256,uint256)": [["account", "to"], ["returned", "amount"]],
  "Objected(uint256,address,uint256,uint256)": [["milestone", "account"], ["weight", "objected"]],
  "BondShared(address,uint256)": [["account"], ["amount"]],
};
const SALE_EVENTS = ["Subscribed", "Claimed", "Refunded", "Redirected", "Exited"];
const TOPICS = new Map(
  Object.keys(EVENTS).map((signature) => [hexOf(keccak256(new TextEncoder().encode(signature))), signature]),
);

function headerOf(text) {
  const bytes = unhex(text);
  const fields = listOf(bytes, "the header of a block");
  if (fields.length < 15 || fields.some(Array.isArray)) throw new Error("the header of a block has not the fields of one");
  return {
    hash: hexOf(keccak256(bytes)),
    number: numberOf(fields[8]),
    time: numberOf(fields[11]),
    stateRoot: fields[3],
    receiptsRoot: fields[5],
  };
}

class State {
  constructor(header, nodes) {
    this.header = header;
    this.nodes = nodes;
  }

  account(address) {
    const found = this.nodes.value(this.header.stateRoot, keccak256(unhex(address)));
    if (!found.length) throw new Error(`there is no account ${address} at this block`);
    const fields = listOf(found, "an account");
    if (fields.length !== 4 || fields.some(Array.isArray)) throw new Error("an account has not the fields of one");
    return { storage: fields[2], codeHash: fields[3] };
  }

  code(address, text) {
    const code = unhex(text);
    const [expected, found] = [hexOf(this.account(address).codeHash), hexOf(keccak256(code))];
    if (expected !== found) throw new Error(`code of ${address}: the block has one with hash ${expected}, the receipt one with ${found}`);
    return code;
  }

  word(address, slot) {
    const found = this.nodes.value(this.account(address).storage, keccak256(wordOf(slot)));
    if (!found.length) return 0n;
    const word = decoded(found, "a word of storage");
    if (Array.isArray(word) || word.length > 32) throw new Error("a word of storage is none");
    return numberOf(word);
  }
}

function natural(text) {
  if (typeof text !== "string" || !/^(0|[1-9][0-9]{0,77})$/.test(text)) throw new Error(`expected a number in decimal digits, got ${String(text).slice(0, 20)}`);
  return BigInt(text);
}

function eventOf(brought) {
  requireKeys(brought, ["header", "log", "nodes", "transaction"], "an event");
  const header = headerOf(brought.header);
  const [transaction, log] = [Number(natural(brought.transaction)), Number(natural(brought.log))];
  const nodes = new Nodes(brought.nodes);
  const found = nodes.value(header.receiptsRoot, encoded(transaction));
  if (!found.length) throw new Error(`block ${header.number} has no transaction ${transaction}`);
  nodes.requireAllUsed("an event");
  const fields = listOf(found.slice(found[0] < 0x80 ? 1 : 0), "the receipt of a transaction");
  if (hexOf(fields[0]) !== "0x01") throw new Error(`transaction ${transaction} of block ${header.number} has failed`);
  const entry = fields[3][log];
  if (!entry) throw new Error(`transaction ${transaction} of block ${header.number} has no log ${log}`);
  const [contract, topics, data] = entry;
  const signature = TOPICS.get(hexOf(topics[0] ?? []));
  if (!signature) throw new Error("an event is none that a participant's doings log");
  const [indexed, others] = EVENTS[signature];
  if (topics.length !== 1 + indexed.length || data.length !== 32 * others.length) throw new Error(`${signature} has not the arguments of one`);
  const words = [...topics.slice(1), ...others.map((_, row) => data.slice(32 * row, 32 * row + 32))];
  const args = {};
  [...indexed, ...others].forEach((name, row) => {
    const isAddress = name === "account" || name === "to";
    args[name] = isAddress ? checksummed(words[row].slice(-20)) : numberOf(words[row]);
  });
  return { header, transaction, log, contract: checksummed(contract), name: signature.split("(")[0], args };
}

// --------------------------------------------------------------------------------------------- the sale's own code

function cloneOf(code) {
  const isClone =
    code.length >= 45 &&
    hexOf(code.slice(0, 10)) === "0x363d3d373d3d3d363d73" &&
    hexOf(code.slice(30, 45)) === "0x5af43d82803e903d91602b57fd5bf3";
  if (!isClone) throw new Error("the code is not that of a clone");
  return [checksummed(code.slice(10, 30)), code.slice(45)];
}

function termsOf(code) {
  const [implementation, terms] = cloneOf(code);
  const number = (offset, size) => {
    if (offset + size > terms.length) throw new Error(`the sale's code ends before byte ${offset + size} of its terms`);
    return numberOf(terms.slice(offset, offset + size));
  };
  const [sessions, tiers] = [Number(number(131, 1)), Number(number(132, 1))];
  const first = 459 + sessions * 36;
  return {
    implementation,
    termsHash: hexOf(wordOf(number(0, 32))),
    application: number(32, 4),
    chainId: number(310, 8),
    settleDeadline: number(36, 5),
    price: number(81, 14),
    priceUnit: number(95, 14),
    vesting: {
      start: number(109, 5),
      unlockBps: number(114, 2),
      cliff: number(116, 5),
      duration: number(121, 5),
      step: number(126, 5),
    },
    sessions: Array.from({ length: sessions }, (_, row) => ({
      start: number(459 + row * 36, 5),
      end: number(464 + row * 36, 5),
      supply: number(469 + row * 36, 12),
    })),
    tiers: Array.from({ length: tiers }, (_, row) => ({
      threshold: number(first + row * 16, 14),
      coefficient: number(first + row * 16 + 14, 2),
    })),
  };
}

const costUp = (terms, tokens) => (tokens * terms.price + terms.priceUnit - 1n) / terms.priceUnit;

function vestedDown(total, vesting, time) {
  let elapsed = time - vesting.start;
  if (elapsed < 0n) return 0n;
  if (elapsed >= vesting.duration) return total;
  const unlocked = (total * vesting.unlockBps) / 10000n;
  if (elapsed < vesting.cliff) return unlocked;
  if (vesting.step) elapsed -= elapsed % vesting.step;
  return unlocked + ((total - unlocked) * elapsed) / vesting.duration;
}

// ------------------------------------------------------------------------------------------------- the tiered rule

/** `demand`: rows of {coefficient, subscribed}, the lowest coefficient first. */
function settle(supply, demand) {
  let remaining = supply;
  let weight = demand.reduce((sum, row) => sum + row.coefficient * row.subscribed, 0n);
  let fullFrom = demand[demand.length - 1].coefficient + 1n;
  for (const row of [...demand].reverse()) {
    if (row.coefficient * remaining < weight) return { fullFrom, remaining, weight };
    remaining -= row.subscribed;
    weight -= row.coefficient * row.subscribed;
    fullFrom = row.coefficient;
  }
  return { fullFrom: 1n, remaining: 0n, weight: 0n };
}

const allotmentDown = (asked, coefficient, outcome) =>
  coefficient >= outcome.fullFrom ? asked : (coefficient * asked * outcome.remaining) / outcome.weight;

function coefficientOf(holding, tiers) {
  return tiers.reduce((found, tier) => (holding >= tier.threshold ? tier.coefficient : found), 0n);
}

// ------------------------------------------------------------------------------------------------------ the figures

const [STATE, HOLDINGS_ROOT, POSITIONS, DEMANDS, SETTLEMENTS] = [0n, 1n, 4n, 5n, 6n];
const STAGES = ["none", "subscribed", "claimed", "refunded", "exited"];
const STATUSES = ["funded", "succeeded", "failed"];
const TOKENS = (1n << 112n) - 1n; // of a session
const OWN_TOKENS = (1n << 104n) - 1n; // of an account
const PARTS = ["account", "audit", "block", "code", "escrow", "events", "figures", "format", "holding", "sale"];

const placeOf = (key, slot) => numberOf(keccak256(joined(wordOf(key), wordOf(slot))));
const sumOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0n);

function requireKeys(value, keys, what) {
  const found = value && typeof value === "object" ? Object.keys(value).sort().join(", ") : typeof value;
  if (found !== [...keys].sort().join(", ")) throw new Error(`${what} has ${found}, expected ${keys.join(", ")}`);
}

function spelled(text) {
  const right = checksummed(unhex(text));
  if (right !== text) throw new Error(`${text} is not spelled as ${right}`);
  return text;
}

function figuresOf(receipt) {
  if (receipt.format !== "jumpstart-receipt-v1") throw new Error("not a receipt of this version");
  requireKeys({ figures: 0, ...receipt }, PARTS, "the receipt");
  requireKeys(receipt.block, ["header", "nodes"], "the block");
  requireKeys(receipt.code, ["escrow", "sale"], "the code");
  const [account, sale, escrow] = [receipt.account, receipt.sale, receipt.escrow].map(spelled);
  const block = headerOf(receipt.block.header);
  const nodes = new Nodes(receipt.block.nodes);
  const state = new State(block, nodes);
  const terms = termsOf(state.code(sale, receipt.code.sale));
  const [escrowImplementation, given] = cloneOf(state.code(escrow, receipt.code.escrow));
  if (!same(given, unhex(sale))) throw new Error("the escrow is another sale's");
  const word = (slot) => state.word(sale, slot);
  const now = block.time;
  const statusWord = word(STATE);
  let status = STATUSES[Number(statusWord & 0xffn)];
  if (!status) throw new Error("the sale has no status");
  if (status === "funded" && now >= terms.settleDeadline) status = "failed";
  const inForce = wordOf(word(HOLDINGS_ROOT));
  const position = positionOf(word(placeOf(BigInt(account), POSITIONS)));
  const demands = terms.sessions.map((_, session) =>
    terms.tiers.map((tier, row) => ({
      coefficient: tier.coefficient,
      subscribed: word(placeOf((BigInt(session) << 128n) | BigInt(row), DEMANDS)) & TOKENS,
    })),
  );
  const outcomes = terms.sessions.map((session, row) => outcomeOf(row, word(SETTLEMENTS + BigInt(row)), session.supply, demands[row]));
  const implementations = {};
  for (const [name, address] of [["sale", terms.implementation], ["escrow", escrowImplementation]]) {
    implementations[name] = { address, codeHash: hexOf(state.account(address).codeHash) };
  }
  nodes.requireAllUsed("the block");
  const events = eventsOf(receipt.events, { account, sale, escrow, block });

  const tier = terms.tiers[position.tier];
  if (!tier) throw new Error("the position has no row of the table");
  const coefficient = position.stage === "none" ? 0n : tier.coefficient;
  const asked = askedOf(events, terms, coefficient);
  const allotted = asked.map((amount, row) => (outcomes[row] && amount ? allotmentDown(amount, coefficient, outcomes[row]) : 0n));
  requirePosition(position, events, asked, allotted, outcomes);
  return texts({
    account,
    sale,
    chainId: terms.chainId,
    application: terms.application,
    termsHash: terms.termsHash,
    implementations,
    block: block.number,
    blockHash: block.hash,
    time: now,
    status,
    stage: position.stage,
    coefficient,
    holding: holdingOf(receipt.holding, account, inForce, position, coefficient, terms.tiers),
    sessions: terms.sessions.map((session, row) => ({
      asked: asked[row],
      allotted: outcomes[row] ? allotted[row] : null,
      supply: session.supply,
      demand: demands[row],
      settlement: outcomes[row],
    })),
    ...sumsOf(status, position, sumOf(allotted), events, terms, now),
    events: events.map((each) => {
      const { account: _, ...args } = each.args;
      return { event: each.name, block: each.header.number, blockHash: each.header.hash, time: each.header.time, args };
    }),
  });
}

function positionOf(word) {
  const stage = STAGES[Number(word >> 252n)];
  if (!stage) throw new Error("the position has no stage");
  return {
    allotted: word & OWN_TOKENS,
    amount: (word >> 104n) & OWN_TOKENS,
    tier: Number((word >> 240n) & 0xffn),
    session: Number((word >> 248n) & 0xfn),
    stage,
  };
}

function outcomeOf(session, word, supply, demand) {
  if (!word) return null;
  const expected = settle(supply, demand);
  const packed = expected.remaining | (expected.weight << 112n) | (expected.fullFrom << 240n);
  if (packed !== word) throw new Error(`session ${session}: another settlement follows from the demand`);
  return expected;
}

function eventsOf(brought, { account, sale, escrow, block }) {
  if (!Array.isArray(brought)) throw new Error("not a receipt of this version: events are no list");
  const events = brought.map(eventOf);
  const before = (one, other) =>
    one.header.number !== other.header.number
      ? one.header.number < other.header.number
      : one.transaction !== other.transaction
        ? one.transaction < other.transaction
        : one.log < other.log;
  events.forEach((each, row) => {
    if (row && !before(events[row - 1], each)) throw new Error("the events are not in the order of the chain, each once");
    const contract = SALE_EVENTS.includes(each.name) ? sale : escrow;
    if (each.args.account !== account || each.contract !== contract) throw new Error(`an event ${each.name} is not this account's in this sale`);
    if (each.header.number > block.number) throw new Error(`an event ${each.name} is later than the block`);
  });
  return events;
}

function askedOf(events, terms, coefficient) {
  const asked = terms.sessions.map(() => 0n);
  for (const each of events.filter((one) => one.name === "Subscribed")) {
    const time = each.header.time;
    const session = terms.sessions.findIndex((one) => one.start <= time && time < one.end);
    if (session < 0 || each.args.coefficient !== coefficient) throw new Error("a subscription is in no session, or with another coefficient");
    asked[session] += each.args.accepted;
  }
  return asked;
}

function requirePosition(position, events, asked, allotted, outcomes) {
  const named = (name) => events.filter((each) => each.name === name);
  const [claims, exits] = [named("Claimed"), named("Exited")];
  let stage = "none";
  if (sumOf(asked)) stage = "subscribed";
  if (claims.length) stage = "claimed";
  if (exits.length) stage = "exited";
  if (named("Refunded").length) stage = "refunded";
  let [before, amount, session] = [sumOf(allotted), sumOf(claims.map((each) => each.args.tokens)), 0];
  if (stage === "subscribed") {
    session = asked.reduce((latest, tokens, row) => (tokens ? row : latest), 0);
    [before, amount] = [sumOf(allotted.slice(0, session)), asked[session]];
  } else if (stage === "exited") {
    amount = exits[exits.length - 1].args.kept;
  } else if (stage === "refunded") {
    [before, amount] = [before + sumOf(asked.filter((_, row) => !outcomes[row])), 0n];
  }
  const fits =
    stage === position.stage && before === position.allotted && amount === position.amount && session === position.session;
  if (!fits) throw new Error("position: another follows from the events than the sale has");
}

function holdingOf(brought, account, inForce, position, coefficient, tiers) {
  if (brought === null) return null;
  requireKeys(brought, ["amount", "proof"], "the holding");
  const amount = natural(brought.amount);
  const owner = joined(new Uint8Array(12), unhex(account));
  let root = keccak256(keccak256(joined(owner, wordOf(amount))));
  for (const text of brought.proof) {
    const sibling = unhex(text);
    root = keccak256(hexOf(root) < hexOf(sibling) ? joined(root, sibling) : joined(sibling, root));
  }
  const isInForce = inForce.some((byte) => byte !== 0);
  if (isInForce && !same(root, inForce)) throw new Error("the holding is not in the list that is in force");
  if (position.stage !== "none" && coefficientOf(amount, tiers) !== coefficient) throw new Error(`a holding of ${amount} has not the coefficient ${coefficient}`);
  return { amount, root: hexOf(root), isInForce };
}

function sumsOf(status, position, won, events, terms, now) {
  const { stage } = position;
  const waiting = stage === "subscribed" ? position.amount : 0n;
  const deposit = stage === "refunded" ? 0n : costUp(terms, position.allotted + waiting);
  const allotted = stage === "refunded" ? 0n : won;
  const vested = status === "succeeded" ? vestedDown(allotted, terms.vesting, now) : 0n;
  const taken = stage === "claimed" || stage === "exited" ? position.amount : 0n;
  const claimable = { tokens: 0n, refund: 0n };
  if (status === "succeeded" && stage !== "exited") {
    claimable.tokens = vested - taken;
    claimable.refund = deposit - costUp(terms, allotted);
  } else if (status === "failed") {
    claimable.refund = deposit;
  }
  const paid = events.filter((each) => ["Claimed", "Exited", "Refunded"].includes(each.name));
  return {
    allotted,
    cost: costUp(terms, allotted),
    deposit,
    paidBack: sumOf(paid.map((each) => each.args.refund)),
    vested,
    taken,
    claimable,
  };
}

// ---------------------------------------------------------------------------------------------------- the comparison

/** Numbers as decimal text, however deep. */
function texts(value) {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(texts);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, texts(each)]));
  }
  return value;
}

function differenceOf(expected, found, name) {
  const isDeep = (value) => value !== null && typeof value === "object";
  if (isDeep(expected) && isDeep(found) && Array.isArray(expected) === Array.isArray(found)) {
    for (const key of [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort()) {
      const difference = differenceOf(expected[key], found[key], `${name}.${key}`);
      if (difference) return difference;
    }
    return null;
  }
  return expected === found ? null : `${name}: ${expected} follows from the proofs, the receipt says ${found}`;
}

/** The figures of a receipt, where they follow from what it proves; else an Error. */
function verify(receipt) {
  const figures = figuresOf(receipt);
  const difference = differenceOf(figures, receipt.figures, "figures");
  if (difference) throw new Error(difference);
  return figures;
}

if (typeof module !== "undefined") module.exports = { EVENTS, figuresOf, keccak256, hexOf, verify };
