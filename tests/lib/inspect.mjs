// What every page owes its visitor, asked of the page itself. Each function returns sentences about what is wrong.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require_ = createRequire(resolve("package.json"));
const { default: AxeBuilder } = require_("@axe-core/playwright");

const kShiftMax = 0.05;
const kTabStopsMax = 400;   // A page with more has lost its reader.

// What a page does wrong while it loads: the console speaks, or somebody else's host is asked.
export function listen(page, origin, { expectedStatus = 200 } = {}) {
  const problems = [];
  const isOurFault = (text) => !(expectedStatus >= 400 && /Failed to load resource.*\b404\b/.test(text));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && isOurFault(message.text())) problems.push(`console: ${message.text().slice(0, 300)} ${message.location().url}`);
  });
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("request", (request) => { if (/^(https?|wss?):/.test(request.url()) && new URL(request.url()).host !== new URL(origin).host) problems.push(`asks ${request.url()}`); });
  return problems;
}

// Script is awake and fonts are in: from here on nothing is due to change by itself.
export async function settled(page) {
  await page.waitForFunction(() => Object.keys(document.querySelector("body > a, body > div") ?? {}).some((key) => key.startsWith("__react")));
  await page.evaluate(async () => { await document.fonts.ready; await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); });
}

export async function layout(page) {
  return page.evaluate(async (kShift) => {
    const problems = [], root = document.documentElement;
    const spill = root.scrollWidth - root.clientWidth;
    if (spill > 0) {
      const guilty = [...document.querySelectorAll("body *")].find((element) => element.getBoundingClientRect().right > root.clientWidth + 0.5);
      problems.push(`spills ${spill} px over the side: ${guilty?.outerHTML.slice(0, 160)}`);
    }
    const headings = document.querySelectorAll("h1").length;
    if (headings !== 1) problems.push(`${headings} h1`);
    if (!root.lang) problems.push("no lang");
    const shifts = await new Promise((done) => {
      new PerformanceObserver((list, observer) => { observer.disconnect(); done(list.getEntries()); }).observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => setTimeout(() => done([]), 100));   // Nothing has shifted: then nothing is reported.
    });
    const shift = shifts.filter((entry) => !entry.hadRecentInput).reduce((sum, entry) => sum + entry.value, 0);
    const told = ({ node, previousRect: was, currentRect: is }) => `${node?.outerHTML?.slice(0, 90) ?? "a text"} from ${Math.round(was.y)}+${Math.round(was.height)} to ${Math.round(is.y)}+${Math.round(is.height)}`;
    if (shift > kShift) problems.push(`shifts by ${shift.toFixed(3)}: ${shifts.flatMap(({ sources }) => sources.map(told)).slice(0, 3).join("; ")}`);
    return problems;
  }, kShiftMax);
}

// Base UI's focus guards hand the focus on in the moment they get it: nobody rests on them, which axe cannot see.
export async function axe(page) {
  const { violations } = await new AxeBuilder({ page }).exclude("[data-base-ui-focus-guard]").analyze();
  return violations.map(({ id, help, nodes }) => `axe ${id}: ${help}: ${nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ""}`).join("; ")}`);
}

// What a screen reader is told: everything that takes the focus has a name.
export async function names(page) {
  const session = await page.context().newCDPSession(page);
  try {
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const isFocusable = ({ properties = [] }) => properties.some(({ name, value }) => name === "focusable" && value.value === true);
    return nodes.filter((node) => !node.ignored && isFocusable(node) && !["RootWebArea", "main", "Video"].includes(node.role?.value) && !node.name?.value?.trim())
      .map((node) => `no name in the accessibility tree: ${node.role?.value} ${JSON.stringify(node.description?.value ?? "")}`);
  } finally {
    await session.detach();
  }
}

// Tab goes through everything that can be reached, each once, and comes out at the other end.
export async function tabWalk(page) {
  const count = await page.evaluate(() => {
    const isTabbable = (element) => element.tabIndex >= 0 && !element.matches(":disabled") && !element.closest("[inert]") && element.checkVisibility({ visibilityProperty: true });
    const isChosenRadio = (element) => element.type !== "radio" || element.checked || !document.querySelector(`input[type=radio][name="${CSS.escape(element.name)}"]:checked`);
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")].filter((element) => isTabbable(element) && isChosenRadio(element));
    globalThis.tabWalk = { all, met: new Set(), order: [] };
    document.addEventListener("focusin", (event) => { globalThis.tabWalk.met.add(event.target); globalThis.tabWalk.order.push(event.target); });
    document.activeElement?.blur();
    return all.length;
  });
  if (count > kTabStopsMax) return [`${count} stops for Tab`];
  for (let n = 0; n < count + 12; n++) await page.keyboard.press("Tab");   // A few stops are the browser's own: scrollers, the video.
  return page.evaluate(() => {
    const { all, met, order } = globalThis.tabWalk;
    const missed = all.filter((element) => !met.has(element) && element.isConnected && element.checkVisibility());
    const stuck = order.findIndex((element, at) => at > 2 && order[at - 1] === element && order[at - 2] === element);
    return [
      ...missed.slice(0, 3).map((element) => `Tab does not reach ${element.outerHTML.slice(0, 140)}`),
      ...(stuck >= 0 ? [`Tab is stuck at ${order[stuck].outerHTML.slice(0, 140)}`] : []),
    ];
  });
}
