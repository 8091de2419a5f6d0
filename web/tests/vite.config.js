// For tests: the page's arithmetic as a program for Node.
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  build: {
    ssr: "tests/arithmetic.ts",
    emptyOutDir: false,
    rollupOptions: { output: { entryFileNames: "arithmetic.mjs" } },
  },
  ssr: { noExternal: true },
});
