import { resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { outDir } from "./scripts/place.mjs";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": resolve(import.meta.dirname, "src") } },
  build: {
    outDir: outDir(),
    emptyOutDir: true,
    target: "es2023",
    // Nothing is written into the page as text: the server's policy lets only files run.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: {
        index: resolve(import.meta.dirname, "index.html"),
        worker: resolve(import.meta.dirname, "src/worker/worker.ts"),
      },
      output: {
        // What every page needs comes in two files: dozens of small ones cost more in heads than in bodies.
        codeSplitting: {
          groups: [
            {
              name: "vendor",
              test: /node_modules[\\/](react|react-dom|scheduler|use-sync-external-store|@tanstack|i18next|react-i18next|openapi-fetch|lucide-react|radix-ui|@radix-ui|@floating-ui|aria-hidden|react-remove-scroll|tslib|get-nonce)[\\/]/,
            },
            {
              name: "charts",
              test: /node_modules[\\/](recharts|victory-vendor|d3-[a-z]+|@reduxjs|redux|react-redux|immer|reselect|es-toolkit|decimal\.js-light|eventemitter3)[\\/]/,
            },
            { name: "shared", test: /src[\\/](api|app|parts|words[\\/]words)/ },
          ],
        },
        // The service worker has to keep its address; everything else bears its digest.
        entryFileNames: (chunk) =>
          chunk.name === "worker" ? "worker.js" : "assets/[name]-[hash].js",
        chunkFileNames: ({ facadeModuleId }) => {
          const [, language, area] =
            /words\/(\w+)\/([\w-]+)\.json$/.exec(facadeModuleId ?? "") ?? [];
          return `assets/${area ? `words-${language}-${area}` : "[name]"}-[hash].js`;
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ["/api", "/health", "/openapi.json"].map((path) => [
        path,
        { target: process.env.ALEXANDRIA_URL ?? "http://127.0.0.1:8000", changeOrigin: true },
      ]),
    ),
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/app/test.ts"],
    restoreMocks: true,
  },
});
