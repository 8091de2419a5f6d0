// What is imported and is not TypeScript.

declare module "*.css";

declare module "*/verify.js" {
  import type { Figures } from "./receipt";
  const verifier: {
    /** By its signature, what an event's topics are called, and its other arguments. */
    EVENTS: Readonly<Record<string, readonly [indexed: readonly string[], others: readonly string[]]>>;
    figuresOf: (receipt: object) => Figures;
    verify: (receipt: object) => Figures;
  };
  export default verifier;
}
