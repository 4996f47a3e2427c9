// ./luso doctor: what this machine and a running LusoTown look like, with a real RTMP round trip and a WebRTC answer
// when it runs.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Api } from "./lib/api.mjs";
import { portIsFree, udpPortIsFree, until } from "./lib/processes.mjs";
import { endWith } from "./lib/sentence.mjs";

const kFreeShareMin = 0.15; // Below, recordings have no room; at 5 % the server refuses new streams.
const kUdpBufferMin = 2_500_000; // Bytes. WebRTC loses packets in bursts below it.
const kFilesMin = 4096;
const kClockSkewMaxMs = 1000;
const kRoundTripMs = 20_000;
const kWebRtcPort = 8000;

let problems = 0;
function report(ok, what, advice) {
  if (!ok) problems += 1;
  console.log(`${ok ? "ok     " : "PROBLEM"}  ${what}${ok || !advice ? "" : `\n         ${advice}`}`);
}
const number = (file) => Number(readFileSync(file, "utf8").trim().split(/\s+/).at(-1));

function machine() {
  const disk = statfsSync(".");
  const share = disk.bavail / disk.blocks;
  report(share >= kFreeShareMin, `disk: ${Math.round((disk.bavail * disk.bsize) / 2 ** 30)} GiB free (${Math.round(share * 100)} %)`, "Free some space: new streams are refused when the disk is 95 % full.");
  for (const [name, file] of [["receive", "rmem_max"], ["send", "wmem_max"]]) {
    const bytes = number(`/proc/sys/net/core/${file}`);
    report(bytes >= kUdpBufferMin, `UDP ${name} buffer: at most ${bytes} bytes`, `sysctl -w net.core.${file}=${kUdpBufferMin} gives WebRTC room for bursts.`);
  }
  const files = Number(spawnSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).stdout);
  report(files >= kFilesMin || Number.isNaN(files), `open files: at most ${Number.isNaN(files) ? "unlimited" : files}`, `ulimit -n 65536 before ./luso up; each viewer is a file.`);
  const synced = spawnSync("timedatectl", ["show", "-p", "NTPSynchronized", "--value"], { encoding: "utf8" });
  if (synced.status === 0) report(synced.stdout.trim() === "yes", "clock: kept by NTP", "Tokens and playlists carry times: turn time synchronisation on.");
  else console.log("unknown  clock: this machine does not say whether NTP keeps it");
}

async function ports() {
  for (const [name, port] of [["HTTP", 8080], ["RTMP", 1935]]) report(await portIsFree(port), `${name} port ${port} is free`, `Another program listens there; ./luso up takes --${name.toLowerCase()}-port.`);
  for (let i = 0; i < availableParallelism(); i += 1) {
    const free = (await portIsFree(kWebRtcPort + i)) && (await udpPortIsFree(kWebRtcPort + i));
    report(free, `WebRTC port ${kWebRtcPort + i} is free, UDP and TCP`, "Another program listens there; ./luso up takes --webrtc-port.");
  }
}

// Publishes three seconds of a test picture as an encoder would, and waits until a viewer could see it.
async function roundTrip(facts) {
  const api = await Api.signIn(facts.url, facts.doctor_username, facts.doctor_password);
  const key = (await api.get("/api/v1/channel/key")).obs_key;
  const began = Date.now();
  const ffmpeg = spawn("ffmpeg", ["-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30", "-c:a", "aac", "-f", "flv", `${facts.rtmp_url}/${key}`], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  ffmpeg.stderr.on("data", (chunk) => { said += chunk; });
  try {
    const id = await until("the test stream to go live", async () => (await api.get(`/api/v1/channels/${facts.doctor_username}`)).live_stream_id, { timeoutMs: kRoundTripMs });
    await until("a part of it", async () => (await (await fetch(`${facts.url}/hls/${id}/live.m3u8`)).text()).includes("#EXT-X-PART:"), { timeoutMs: kRoundTripMs });
    report(true, `RTMP round trip: published, cut and served in ${Date.now() - began} ms`);
    await webrtcAnswer(facts, id);
    ffmpeg.kill("SIGKILL");
    await api.post(`/api/v1/streams/${id}/end`);
  } catch (error) {
    report(false, `RTMP round trip: ${error.message}`, said.trim().split("\n").at(-1) || `The server's log is ${facts.logs.server}.`);
  } finally {
    ffmpeg.kill("SIGKILL");
  }
}

// Offers to watch as a browser would, up to the point where packets flow: are there addresses to send them to?
async function webrtcAnswer(facts, id) {
  const media = (kind, mid, type, format) => [`m=${kind} 9 UDP/TLS/RTP/SAVPF ${type}`, "c=IN IP4 0.0.0.0", "a=ice-ufrag:luso", "a=ice-pwd:0123456789012345678901", `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`, "a=setup:actpass", `a=mid:${mid}`, "a=recvonly", "a=rtcp-mux", `a=rtpmap:${type} ${format}`];
  const offer = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1",
    ...media("video", 0, 96, "H264/90000"), "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    ...media("audio", 1, 111, "opus/48000/2"), ""].join("\r\n");
  const answer = await until("a WebRTC answer", async () => {
    const tried = await fetch(`${facts.url}/whep/${id}`, { method: "POST", headers: { "Content-Type": "application/sdp" }, body: offer });
    if (tried.status !== 201) throw new Error(`it answered ${tried.status}: ${await tried.text()}`);
    return tried;
  }, { timeoutMs: kRoundTripMs });
  const places = [...(await answer.text()).matchAll(/a=candidate:\S+ 1 (\w+) \d+ (\S+) (\d+)/g)].map(([, transport, address, port]) => `${transport} ${address}:${port}`);
  await fetch(new URL(answer.headers.get("location"), facts.url), { method: "DELETE" });
  report(places.length > 0, `WebRTC: players are sent to ${places.join(", ") || "nowhere"}`, "Set LUSO_WEBRTC_ADDRESSES to the addresses browsers reach this machine at.");
}

async function running(facts) {
  const ready = await fetch(`${facts.url}/readyz`).catch((error) => ({ ok: false, status: error.message, headers: new Headers() }));
  report(ready.ok, `server at ${facts.url} is ready`, `It answered ${ready.status}; its log is ${facts.logs.server}.`);
  if (!ready.ok) return;
  const skew = Math.abs(Date.parse(ready.headers.get("date")) - Date.now());
  if (!Number.isNaN(skew)) report(skew < kClockSkewMaxMs + 1000, "clock: the server's and this command's agree");
  await roundTrip(facts);
}

try {
  machine();
  const facts = existsSync("var/up.json") ? JSON.parse(readFileSync("var/up.json", "utf8")) : null;
  if (facts) await running(facts);
  else {
    await ports();
    console.log("skipped  RTMP round trip: LusoTown is not running; start it with ./luso up");
  }
  console.log(problems ? `${problems} problem${problems > 1 ? "s" : ""}` : "All is well.");
  process.exit(problems ? 1 : 0);
} catch (error) {
  endWith(error);
}
