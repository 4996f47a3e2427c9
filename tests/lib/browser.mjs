// Debian's Chromium, driven by playwright-core, without asking anything of the network outside.
import { createRequire } from "node:module";
import { resolve } from "node:path";

export async function launchChromium(args = []) {
  const { chromium } = createRequire(resolve("package.json"))("playwright-core");
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    headless: false, // Playwright's own headless flag is of an older kind; the new one is in the arguments.
    args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required", ...args],
  });
}
