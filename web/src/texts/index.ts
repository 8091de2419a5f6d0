// The languages of the page.

import { de } from "./de";
import { en, type Texts } from "./en";

export interface Language {
  readonly code: string;
  readonly texts: Texts;
}

export const LANGUAGES: readonly Language[] = [
  { code: "en", texts: en },
  { code: "de", texts: de },
];

/** The first that somebody reads; English where none of theirs is here. */
export function language(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find((each) => tag.toLowerCase().split("-")[0] === each.code);
    if (found !== undefined) return found;
  }
  return LANGUAGES[0]!;
}
