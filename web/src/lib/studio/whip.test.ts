import assert from "node:assert/strict";
import { test } from "node:test";
import { h264First } from "./whip";

test("H.264 comes first, in the packing every server takes; the others keep their order", () => {
  const codecs = [
    { mimeType: "video/VP8" }, { mimeType: "video/rtx" }, { mimeType: "video/H264", sdpFmtpLine: "packetization-mode=0" },
    { mimeType: "video/AV1" }, { mimeType: "video/H264", sdpFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1" },
  ];
  assert.deepEqual(h264First(codecs).map(({ mimeType, sdpFmtpLine }) => sdpFmtpLine ?? mimeType), [
    "level-asymmetry-allowed=1;packetization-mode=1", "packetization-mode=0", "video/VP8", "video/rtx", "video/AV1",
  ]);
});
