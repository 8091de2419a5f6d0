// Scripts and a style sheet under names that do not change: the Python package says what their hashes are.
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "../jumpstart/site/built",
    emptyOutDir: true,
    sourcemap: false,
    modulePreload: false,
    rollupOptions: {
      input: "src/main.ts",
      output: {
        entryFileNames: "page.js",
        assetFileNames: "page[extname]",
        chunkFileNames: "[name].js",
      },
    },
  },
});
