// What a house with a certificate and an https address says to browsers.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { World, freePort } from "../lib/world.mjs";

const kOrigin = "https://lusotown.example";

let world, httpsPort, redirectPort;
before(async () => {
  const folder = join(process.env.LUSOTEST_SCRATCH ?? tmpdir(), "tls-front");
  mkdirSync(folder, { recursive: true });
  const made = spawnSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")]);
  assert.equal(made.status, 0);
  httpsPort = await freePort();
  redirectPort = await freePort();
  world = await World.start({ config: { public_url: kOrigin, http_redirect_port: redirectPort, https_port: httpsPort, rtmps_port: 0, tls_certificate: join(folder, "cert.pem"), tls_key: join(folder, "key.pem") } });
});
after(() => world?.stop());

const byTls = (path) => new Promise((done, failed) => {
  request({ host: "127.0.0.1", port: httpsPort, path, rejectUnauthorized: false }, (answer) => { answer.resume(); done(answer); }).on("error", failed).end();
});

test("whoever came by TLS is told to stay with it, others are not", async () => {
  assert.equal((await byTls("/healthz")).headers["strict-transport-security"], "max-age=31536000");
  assert.equal((await fetch(`${world.origin}/healthz`)).headers.get("strict-transport-security"), null);
});

test("the redirect port sends everybody to the same address by https", async () => {
  for (const [path, to] of [["/", "/"], ["/@ana?t=1", "/@ana?t=1"], ["//evil.example/x", "//evil.example/x"]]) {
    const answer = await fetch(`http://127.0.0.1:${redirectPort}${path}`, { redirect: "manual", headers: { Host: "evil.example" } });
    assert.equal(answer.status, 308);
    assert.equal(answer.headers.get("location"), kOrigin + to);
  }
  const posted = await fetch(`http://127.0.0.1:${redirectPort}/api/v1/sessions`, { method: "POST", body: "x".repeat(100), redirect: "manual" });
  assert.equal(posted.status, 308);
});
