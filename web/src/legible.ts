// Text from strangers, such as a token's symbol: shown so that it cannot pretend to be something else.

// What is not seen, moves other text, or turns its direction.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** One line without anything hidden, of so many characters at most. */
export function legible(text: string, most: number): string {
  const seen = text.replace(HIDDEN, "").replace(/\s+/g, " ").trim();
  const characters = Array.from(seen);
  return characters.length <= most ? seen : characters.slice(0, most - 1).join("") + "…";
}

/** What an error says. */
export function reason(error: unknown): string {
  return legible(error instanceof Error ? error.message : String(error), 300);
}

/** The same for a text of many lines, which keeps them. */
export function legibleLines(text: string): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.map((each) => each.replaceAll("\t", "    ").replace(HIDDEN, "")).join("\n");
}
