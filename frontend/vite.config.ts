import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Inlined assets would become data: URLs, which the page's Content-Security-Policy need not allow for scripts or styles.
    assetsInlineLimit: 0,
    // The CT viewer (NiiVue) is a lazy chunk of about 880 kB, 325 kB compressed; everything else stays well below.
    chunkSizeWarningLimit: 1000,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: "http://127.0.0.1:8000" } },
  },
  // Far from UTC, so that a test of times cannot pass by chance.
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"], env: { TZ: "America/Los_Angeles" } },
});
