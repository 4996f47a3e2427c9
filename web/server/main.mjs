// The web process: Next.js behind the front door. Pages leave with their scripts asleep (late-scripts.mjs) and packed with
// brotli; everything else leaves as Next.js wrote it.
//   node server/main.mjs --hostname 127.0.0.1 --port 3100
import { createServer } from "node:http";
import { resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { answerStatusOf } from "./answer-status.mjs";
import { nonceOf, withLateScripts } from "./late-scripts.mjs";
import { isEmptyShell, LOCALES, plainPage } from "./plain-page.mjs";

process.env.NODE_ENV = "production";
const { default: next } = await import("next");

const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } };
const PACKERS = { br: (text) => promisify(brotliCompress)(text, BROTLI), gzip: promisify(gzip) };
const OURS = /^(text\/(html|x-component)|application\/xml)\b/;
const STOP_MS_MAX = 5_000;

const { values: { hostname, port } } = parseArgs({ options: {
  hostname: { type: "string", default: "127.0.0.1" }, port: { type: "string", default: "3100" },
} });

const app = next({ dev: false, dir: resolve(import.meta.dirname, ".."), hostname, port: Number(port) });
await app.prepare();
const handle = app.getRequestHandler();

const server = createServer((request, response) => {
  if (request.method === "GET") finish(request, response);
  void handle(request, response);
});
server.keepAliveTimeout = 60_000;   // Longer than the front door keeps a connection it does not use.
server.listen(Number(port), hostname);
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), STOP_MS_MAX).unref();
  });
}

// Gathers a page (or the data of one) as Next.js writes it, and sends it finished. It is some tens of kilobytes and the
// front door reads it whole anyway, so nothing is lost by not streaming. Files pass through untouched.
function finish(request, response) {
  const { write, end, flushHeaders } = response, chunks = [];
  const isOurs = () => OURS.test(String(response.getHeader("content-type"))) && !response.hasHeader("content-length") && !response.headersSent;
  const keep = (chunk, encoding) => { chunks.push(typeof chunk === "string" ? Buffer.from(chunk, encoding) : Buffer.from(chunk)); };

  response.flushHeaders = () => { if (!isOurs()) flushHeaders.call(response); };   // The length is known last.
  response.write = (chunk, encoding, done) => {
    if (!isOurs()) return write.call(response, chunk, encoding, done);
    keep(chunk, encoding);
    return true;
  };
  response.end = (chunk, encoding, done) => {
    if (!isOurs()) return end.call(response, chunk, encoding, done);
    if (chunk && typeof chunk !== "function") keep(chunk, encoding);
    const isPage = String(response.getHeader("content-type")).startsWith("text/html");
    const body = Buffer.concat(chunks);
    void packed(request, response, isPage ? Buffer.from(finishedPage(response, body.toString())) : body)
      .then((whole) => { response.setHeader("content-length", whole.length); end.call(response, whole); });
    return response;
  };
}

function finishedPage(response, html) {
  const policy = String(response.getHeader("content-security-policy") ?? "");
  if (!policy) {   // The proxy lets files pass, and this was none.
    response.statusCode = 404;
    return plainPage("missing", LOCALES[0]);
  }
  if (response.statusCode >= 500 && isEmptyShell(html)) return plainPage("error", localeOf(response));
  const answer = answerStatusOf(html);
  if (answer) response.statusCode = answer.status;
  if (answer?.retryAfter_s) response.setHeader("retry-after", answer.retryAfter_s);
  return withLateScripts(html, nonceOf(policy));
}

// The proxy settled it before the page failed.
function localeOf(response) {
  return LOCALES.find((locale) => locale === response.getHeader("content-language")) ?? LOCALES[0];
}

async function packed(request, response, body) {
  const coding = codingFor(request.headers["accept-encoding"]);
  response.appendHeader("vary", "Accept-Encoding");
  if (!coding) return body;
  response.setHeader("content-encoding", coding);
  return PACKERS[coding](body);
}

// RFC 9110, 12.5.3, as far as browsers use it: a coding named without q=0.
function codingFor(accepted = "") {
  const named = accepted.toLowerCase().split(",").map((one) => one.trim()).filter((one) => !/;\s*q=0(\.0*)?$/.test(one)).map((one) => one.split(";")[0]);
  return ["br", "gzip"].find((coding) => named.includes(coding)) ?? null;
}
