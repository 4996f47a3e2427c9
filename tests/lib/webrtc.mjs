// A page that watches by WHEP or publishes by WHIP with nothing but the browser's own WebRTC, and what it measures.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

// Runs in the page, which must be of the server's own origin.
function install() {
  const connected = (pc, ms) => new Promise((done, failed) => {
    const look = () => {
      if (pc.connectionState === "connected") done();
      if (pc.connectionState === "failed" || pc.connectionState === "closed") failed(new Error(`connection ${pc.connectionState}`));
    };
    pc.addEventListener("connectionstatechange", look);
    setTimeout(() => failed(new Error(`not connected: ${pc.connectionState}, ICE ${pc.iceConnectionState}`)), ms);
    look();
  });
  const post = async (pc, url, headers = {}) => {
    await pc.setLocalDescription(await pc.createOffer());
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/sdp", ...headers }, body: pc.localDescription.sdp });
    const body = await answer.text();
    if (answer.status !== 201) {
      pc.close();
      return { status: answer.status, retryAfter: answer.headers.get("retry-after"), reason: JSON.parse(body).error.reason };
    }
    await pc.setRemoteDescription({ type: "answer", sdp: (window.luso.rewrites ?? []).reduce((sdp, [from, to]) => sdp.replace(new RegExp(from, "g"), to), body) });
    return { status: 201, location: new URL(answer.headers.get("location"), url).href, etag: answer.headers.get("etag"), link: answer.headers.get("link"), answer: body, offer: pc.localDescription.sdp };
  };
  window.luso = {
    async watch(url, ms) {
      const pc = new RTCPeerConnection();
      // Not muted: Chromium measures the sound behind the volume.
      const video = Object.assign(document.createElement("video"), { autoplay: true });
      document.body.append(video);
      const stream = new MediaStream();
      video.srcObject = stream;
      const began = performance.now();
      const shown = new Promise((done) => video.requestVideoFrameCallback(() => done(performance.now() - began)));
      pc.ontrack = ({ track }) => stream.addTrack(track);
      pc.addTransceiver("video", { direction: "recvonly" });
      pc.addTransceiver("audio", { direction: "recvonly" });
      const session = await post(pc, url);
      if (session.status !== 201) return session;
      this.pc = pc;
      this.video = video;
      this.shown = shown;
      this.gap = 0;
      let last;
      const measure = (now) => {
        this.gap = Math.max(this.gap, now - (last ?? now));
        last = now;
        video.requestVideoFrameCallback(measure);
      };
      video.requestVideoFrameCallback(measure);
      await connected(pc, ms);
      return session;
    },
    async publish(url, token, ms, simulcast) {
      const media = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360, frameRate: 30 }, audio: true });
      const pc = new RTCPeerConnection();
      const layers = simulcast ? { sendEncodings: [{ rid: "h" }, { rid: "l", scaleResolutionDownBy: 2, maxBitrate: 60_000 }] } : {};
      pc.addTransceiver(media.getAudioTracks()[0], { direction: "sendonly", streams: [media] });
      pc.addTransceiver(media.getVideoTracks()[0], { direction: "sendonly", streams: [media], ...layers });
      const session = await post(pc, url, { Authorization: `Bearer ${token}` });
      if (session.status !== 201) return session;
      this.pc = pc;
      await connected(pc, ms);
      return session;
    },
    // With simulcast: what is sent of each size.
    async layers() {
      return [...(await this.pc.getStats()).values()].filter(({ type, kind }) => type === "outbound-rtp" && kind === "video");
    },
    async stats() {
      const found = { state: this.pc.connectionState };
      const reports = [...(await this.pc.getStats()).values()];
      const chosen = reports.find(({ type }) => type === "transport")?.selectedCandidatePairId;
      for (const report of reports) {
        if (report.type === "inbound-rtp" || report.type === "outbound-rtp") found[report.kind] = report;
        if (report.type === "remote-outbound-rtp") found[`${report.kind}_sender_reports`] = report.reportsSent;
        if (report.type === "remote-inbound-rtp") found[`${report.kind}_receiver_reports`] = report.reportBlockType ?? 1;
        if (report.type === "candidate-pair" && report.id === chosen) {
          found.pair = report;
          found.remote = reports.find((other) => other.id === report.remoteCandidateId);
          found.local = reports.find((other) => other.id === report.localCandidateId);
        }
        if (report.type === "codec") found[`codec_${report.mimeType}`] = report.sdpFmtpLine;
      }
      return found;
    },
  };
}

// A page that can watch and publish. `origin` is asked for a page that is there without the web client.
export async function rtcPage(browser, origin) {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(install);
  await page.goto(`${origin}/healthz`);
  return page;
}

const kConnectMs = 30_000;
export const watch = (page, url) => page.evaluate(([address, ms]) => window.luso.watch(address, ms), [url, kConnectMs]);
export const publish = (page, url, token, { simulcast = false } = {}) => page.evaluate(([address, jwt, ms, layers]) => window.luso.publish(address, jwt, ms, layers), [url, token, kConnectMs, simulcast]);
// Each [pattern, replacement] is applied to the answers that come after: what a network does to them.
export const rewrite = (page, rewrites) => page.evaluate((all) => { window.luso.rewrites = all; }, rewrites);
export const stats = (page) => page.evaluate(() => window.luso.stats());
// Between two pictures shown, since this was asked last.
export const longestGapMs = (page) => page.evaluate(() => { const { gap } = window.luso; window.luso.gap = 0; return gap; });
export const firstPictureMs = (page) => page.evaluate(() => window.luso.shown);

// What Chromium 156 offers, for requests that need no browser behind them.
export const offerOf = (program) => readFileSync(resolve("server/proto/corpus/sdp", program), "utf8");
