// What every page owes its visitor, asked of the page itself. Each function returns sentences about what is wrong.
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require_ = createRequire(resolve("package.json"));
const { default: AxeBuilder } = require_("@axe-core/playwright");

// How a key of the catalogues looks when its words did not come with the page.
const kKey = `^(?:${readdirSync("web/src/text/pt-PT").map((file) => file.replace(".json", "")).join("|")})\\.[a-z][\\w.-]*$`;
const kShiftMax = 0.05;
const kTabStopsMax = 400;   // A page with more has lost its reader.

// What a page does wrong while it loads: the console speaks, or somebody else's host is asked. Begins before the page
// does; layout() reads the shifts that are collected from then on.
export async function listen(page, origin, { expectedStatus = 200 } = {}) {
  await page.addInitScript(() => {
    globalThis.shifts = { entries: [] };
    globalThis.shifts.observer = new PerformanceObserver((list) => globalThis.shifts.entries.push(...list.getEntries()));
    globalThis.shifts.observer.observe({ type: "layout-shift", buffered: true });
  });
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
  return page.evaluate(({ kShift, key }) => {
    const problems = [], root = document.documentElement;
    const spill = root.scrollWidth - root.clientWidth;
    if (spill > 0) {
      const guilty = [...document.querySelectorAll("body *")].find((element) => element.getBoundingClientRect().right > root.clientWidth + 0.5);
      problems.push(`spills ${spill} px over the side: ${guilty?.outerHTML.slice(0, 160)}`);
    }
    const headings = document.querySelectorAll("h1").length;
    if (headings !== 1) problems.push(`${headings} h1`);
    if (!root.lang) problems.push("no lang");
    const said = [...document.querySelectorAll("body *:not(code, script, style)")].flatMap((element) => [
      ...[...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data),
      ...["aria-label", "title", "placeholder", "alt", "value"].map((name) => element.getAttribute(name) ?? ""),
    ]);
    for (const text of new Set(said)) if (new RegExp(key).test(text.trim())) problems.push(`has no words for ${text.trim()}`);
    const { entries, observer } = globalThis.shifts;
    const shifts = [...entries, ...observer.takeRecords()];
    const shift = shifts.filter((entry) => !entry.hadRecentInput).reduce((sum, entry) => sum + entry.value, 0);
    const told = ({ node, previousRect: was, currentRect: is }) => `${node?.outerHTML?.slice(0, 90) ?? "a text"} from ${Math.round(was.y)}+${Math.round(was.height)} to ${Math.round(is.y)}+${Math.round(is.height)}`;
    if (shift > kShift) problems.push(`shifts by ${shift.toFixed(3)}: ${shifts.flatMap(({ sources }) => sources.map(told)).slice(0, 3).join("; ")}`);
    return problems;
  }, { kShift: kShiftMax, key: kKey });
}

// What axe finds. Base UI's focus guards are hidden from screen readers and can be focused, which is what that rule is
// against: they hand the focus on in the moment they get it, and nobody rests on them.
const isGuard = ({ id }, { html }) => id === "aria-hidden-focus" && html.includes("data-base-ui-focus-guard");

async function found(builder) {
  const { violations } = await builder.analyze();
  return violations.map((rule) => ({ ...rule, nodes: rule.nodes.filter((node) => !isGuard(rule, node)) })).filter(({ nodes }) => nodes.length > 0)
    .map(({ id, help, nodes }) => `axe ${id}: ${help}: ${nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ""}`).join("; ")}`);
}

export const axe = (page) => found(new AxeBuilder({ page }));

// The rules a theme can break on a page that axe has seen in another.
export const colours = (page) => found(new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"]));

// What a screen reader is told: everything that takes the focus has a name.
export async function names(page) {
  const session = await page.context().newCDPSession(page);
  try {
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const isFocusable = ({ properties = [] }) => properties.some(({ name, value }) => name === "focusable" && value.value === true);
    const nameless = nodes.filter((node) => !node.ignored && isFocusable(node) && !["RootWebArea", "main", "Video"].includes(node.role?.value) && !node.name?.value?.trim());
    return await Promise.all(nameless.map(async ({ role, backendDOMNodeId: backendNodeId }) => {
      const { outerHTML } = await session.send("DOM.getOuterHTML", { backendNodeId });
      return `no name in the accessibility tree: ${role?.value} ${outerHTML.slice(0, 160)}`;
    }));
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
    const isOut = order.length === 0 || order.indexOf(order[0], 1) > 0;   // After the last one it begins again.
    return [
      ...missed.slice(0, 3).map((element) => `Tab does not reach ${element.outerHTML.slice(0, 140)}`),
      ...(isOut ? [] : [`Tab does not come out at the other end, but rests at ${order.at(-1).outerHTML.slice(0, 140)}`]),
    ];
  });
}
