// Chromium starts the process that plays sound when a page first shows a sound track that comes by WebRTC, and the page stands
// still until it runs: a tenth of a second on a fast machine. Asking which devices there are starts it beside the page. Nobody
// is asked for a permission, and nothing of the answer is read.
export function wakeSound(): void {
  if ("RTCPeerConnection" in window) void navigator.mediaDevices?.enumerateDevices().catch(() => {});
}
