import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  compress: false,   // server/main.mjs does, with brotli.
  reactStrictMode: true,
  // `/pt-pt/` is a hub's address as it stands; the proxy decides about slashes.
  skipTrailingSlashRedirect: true,
  images: { unoptimized: true },
  devIndicators: false,
  // This folder alone, though the repository around it has a lock file too.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
};

export default config;
