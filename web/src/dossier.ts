// The dossier that was reviewed: where it was said to be found, and whether a file is it.

import { decodeEventLog, encodeEventTopics, type Hex } from "viem";
import { projectReviewAbi } from "./abi";
import { NodeRefusal, type Chain } from "./chain";
import { legible, legibleLines } from "./legible";
import type { Sale } from "./sale";

/** A file that somebody has, beside what was reviewed. */
export interface DossierFile {
  readonly name: string;
  readonly sha256: Hex;
  /** What it says, where it is the dossier and a text; else empty. */
  readonly text: string;
}

const LONGEST = 200; // characters of an address
const MOST = 2 ** 20; // bytes that are shown

/** Where the applicant said that it is found; empty where the node does not tell. Throws NodeError. */
export async function dossierUri(chain: Chain, sale: Sale): Promise<string> {
  const topics = encodeEventTopics({ abi: projectReviewAbi, eventName: "Applied", args: { id: sale.application } });
  try {
    const found = await chain.logs({ address: sale.review, topics: topics as Hex[] }, 0n, sale.listedIn);
    for (const log of found) {
      const { args } = decodeEventLog({
        abi: projectReviewAbi,
        eventName: "Applied",
        topics: log.topics as [Hex, ...Hex[]],
        data: log.data,
      });
      if (args.dossierHash === sale.dossierHash) return legible(args.dossierUri, LONGEST);
    }
    return "";
  } catch (error) {
    if (error instanceof NodeRefusal) return ""; // some nodes look at a part of the chain only
    throw error;
  }
}

export async function dossierFile(sale: Sale, file: File): Promise<DossierFile> {
  const content = await file.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const sha256: Hex = `0x${Array.from(digest, (each) => each.toString(16).padStart(2, "0")).join("")}`;
  const isShown = sha256 === sale.dossierHash && content.byteLength <= MOST;
  return { name: legible(file.name, 60), sha256, text: isShown ? textOf(content) : "" };
}

function textOf(content: ArrayBuffer): string {
  try {
    return legibleLines(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch {
    return "";
  }
}
