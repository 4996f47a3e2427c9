import { number, pluralOf } from "./numbers";

// The part of ICU MessageFormat our catalogues use: {name}, {n, number}, {n, plural, =0 {…} one {…} many {…} other {…}}
// and # inside a plural.

export type Values = Record<string, string | number>;
type Part =
  | { kind: "text"; text: string }
  | { kind: "value"; name: string }
  | { kind: "count" }
  | { kind: "plural"; name: string; forms: Map<string, Part[]> };

const parsed = new Map<string, Part[]>();

export function format(locale: string, message: string, values: Values = {}): string {
  if (!message.includes("{")) return message;
  let parts = parsed.get(message);
  if (!parts) parsed.set(message, (parts = parse(message)));
  return write(locale, parts, values, undefined);
}

function write(locale: string, parts: Part[], values: Values, count: number | undefined): string {
  return parts.map((part) => {
    switch (part.kind) {
      case "text": return part.text;
      case "count": return number(locale, count ?? 0);
      case "value": return shown(locale, values[part.name], part.name);
      case "plural": {
        const n = Number(values[part.name]);
        const form = part.forms.get(`=${n}`) ?? part.forms.get(pluralOf(locale, n)) ?? part.forms.get("other") ?? [];
        return write(locale, form, values, n);
      }
    }
  }).join("");
}

function shown(locale: string, value: string | number | undefined, name: string): string {
  if (value === undefined) return `{${name}}`;
  return typeof value === "number" ? number(locale, value) : value;
}

export function parse(message: string): Part[] {
  let at = 0;
  const fail = (what: string): never => { throw new SyntaxError(`${what} at ${at} in "${message}"`); };
  const until = (stops: string): string => {
    const from = at;
    while (at < message.length && !stops.includes(message.charAt(at))) at++;
    return message.slice(from, at).trim();
  };

  function parts(inPlural: boolean, nested: boolean): Part[] {
    const out: Part[] = [];
    let text = "";
    const flush = () => { if (text) out.push({ kind: "text", text }); text = ""; };
    for (; at < message.length; at++) {
      const c = message.charAt(at);
      if (c === "}") { if (nested) break; fail("stray }"); }
      if (c === "#" && inPlural) { flush(); out.push({ kind: "count" }); continue; }
      if (c !== "{") { text += c; continue; }
      flush();
      at++;
      out.push(argument());
    }
    flush();
    return out;
  }

  function argument(): Part {
    const name = until(",}");
    if (!/^\w+$/.test(name)) fail("bad name");
    if (message.charAt(at) === "}") return { kind: "value", name };
    at++;
    const type = until(",}");
    if (type === "number" && message.charAt(at) === "}") return { kind: "value", name };
    if (type !== "plural" || message.charAt(at) !== ",") fail("unknown argument type");
    at++;
    const forms = new Map<string, Part[]>();
    for (;;) {
      const form = until("{}");
      if (message.charAt(at) === "}" && form === "") break;
      if (message.charAt(at) !== "{" || form === "") fail("bad plural form");
      at++;
      forms.set(form, parts(true, true));
      if (message.charAt(at) !== "}") fail("unclosed plural form");
      at++;
    }
    if (!forms.has("other")) fail("plural without other");
    return { kind: "plural", name, forms };
  }

  return parts(false, false);
}
