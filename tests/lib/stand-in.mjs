// A browser page that stands in for the server's side of WebRTC: the player and the studio are tested against somebody else's
// WebRTC, and a test can make it refuse, stay silent or vanish at will.
export class StandIn {
  static async open(browser) {
    const standIn = new StandIn();
    standIn.page = await browser.newPage();
    await standIn.page.setContent("<canvas width=640 height=360></canvas>");
    await standIn.page.evaluate(() => {
      const canvas = document.querySelector("canvas"), pen = canvas.getContext("2d");
      let n = 0;
      setInterval(() => { pen.fillStyle = `hsl(${n++ % 360} 80% 50%)`; pen.fillRect(0, 0, 640, 360); pen.fillStyle = "#fff"; pen.fillText(String(n), n % 600, 180); }, 33);
      const sound = new AudioContext(), tone = sound.createOscillator(), out = sound.createMediaStreamDestination();
      tone.connect(out);
      tone.start();
      const film = canvas.captureStream(30);
      film.addTrack(out.stream.getAudioTracks()[0]);
      window.peers = [];
      window.answer = async (offer, isSending) => {
        const peer = new RTCPeerConnection();
        window.peers.push(peer);
        peer.addEventListener("track", ({ track }) => {   // Sound has an energy only where it is played.
          const player = document.body.appendChild(document.createElement("video"));
          player.srcObject = new MediaStream([track]);
          void player.play();
        });
        await peer.setRemoteDescription({ type: "offer", sdp: offer });
        if (isSending) {
          for (const transceiver of peer.getTransceivers()) {
            transceiver.direction = "sendonly";
            await transceiver.sender.replaceTrack(film.getTracks().find(({ kind }) => kind === transceiver.receiver.track.kind));
          }
        }
        await peer.setLocalDescription(await peer.createAnswer());
        if (peer.iceGatheringState !== "complete") {
          await new Promise((done) => peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && done()));
        }
        return peer.localDescription.sdp;
      };
      window.received = async () => {
        const report = await window.peers.at(-1)?.getStats() ?? [];
        return [...report.values()].filter(({ type }) => type === "inbound-rtp").map(({ kind, framesDecoded = 0, totalAudioEnergy = 0, codecId }) => ({ kind, framesDecoded, totalAudioEnergy, codec: report.get(codecId)?.mimeType }));
      };
    });
    return standIn;
  }

  // Answers what `page` posts below `prefix` ("/whep/" or "/whip/"); `calls` tells what came.
  async serve(page, prefix, { isSilent = false } = {}) {
    this.calls = [];
    await page.route((url) => url.pathname.startsWith(prefix), async (route) => {
      const request = route.request();
      this.calls.push({ method: request.method(), path: new URL(request.url()).pathname, authorization: request.headers().authorization });
      if (request.method() === "DELETE") return route.fulfill({ status: 200 });
      if (request.method() === "PATCH") return route.fulfill({ status: 404 });   // It keeps no session to carry to another network.
      const sdp = await this.page.evaluate(([offer, isSending]) => window.answer(offer, isSending), [request.postData(), prefix === "/whep/"]);
      // Silent: an address where nobody listens, as behind a firewall that drops UDP.
      const body = isSilent ? sdp.replace(/a=candidate:(\S+) (\d) (\w+) (\d+) \S+ \d+/g, "a=candidate:$1 $2 $3 $4 192.0.2.1 9") : sdp;
      return route.fulfill({ status: 201, contentType: "application/sdp", headers: { Location: `${prefix}session/1` }, body });
    });
  }

  refuse(page, prefix, { status = 503, reason = "webrtc.full", retryAfter } = {}) {
    return page.route((url) => url.pathname.startsWith(prefix), (route) => route.fulfill({
      status, contentType: "application/json", headers: retryAfter ? { "Retry-After": String(retryAfter) } : {}, body: JSON.stringify({ error: { reason, message: reason } }),
    }));
  }

  received() { return this.page.evaluate(() => window.received()); }

  // Everybody is cut off without a word.
  vanish() { return this.page.evaluate(() => { for (const peer of window.peers.splice(0)) peer.close(); }); }
}

// Chromium as these tests need it: cameras that are not there, and WebRTC on loopback.
export const kWebRtcFlags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns"];
