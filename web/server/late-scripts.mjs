// Picture first, script after. Next.js asks for a page's scripts in its head; on a phone they then race the style sheet, the
// font and the poster for a thin connection, and run before anything is drawn. Here they are put to sleep in the HTML, and a
// few lines wake them when the page has been seen: once its poster is drawn, at the first touch or key, or after a while.
// Should a new Next.js write its tags in another way they are left as they are, and the page works as it would without us.

const ASYNC_SCRIPT = /<script (?=src="\/_next\/static\/[^"]+"[^>]* async="")/g;
// The bootstrap script is also preloaded, which would put it back into the race.
const SCRIPT_PRELOAD = /<link rel="preload" as="script"[^>]*>/g;

export function withLateScripts(html, nonce) {
  const late = html.replace(SCRIPT_PRELOAD, "").replace(ASYNC_SCRIPT, '<script type="text/late" ');
  const end = late.lastIndexOf("</body>");
  if (end < 0 || !late.includes('type="text/late"')) return html;
  return `${late.slice(0, end)}<script nonce="${nonce}">(${wakeScripts})()</script>${late.slice(end)}`;
}

export function nonceOf(policy) {
  return /'nonce-([^']+)'/.exec(policy ?? "")?.[1] ?? "";
}

// Runs in the browser, as text at the end of the page's body.
function wakeScripts() {
  const WAIT_MS_MAX = 2500, UNSEEN_MS_MAX = 300;   // For all of it; for the word that a loaded poster was drawn.
  const SIGNS = ["pointerdown", "touchstart", "keydown"];
  let isAwake = false, isPainted = false;
  const poster = document.querySelector('img[fetchpriority="high"]');

  function wake() {
    if (isAwake) return;
    isAwake = true;
    for (const sign of SIGNS) removeEventListener(sign, wake, true);
    for (const sleeping of document.querySelectorAll('script[type="text/late"]')) {
      const script = document.createElement("script");
      for (const { name, value } of sleeping.attributes) if (name !== "type" && name !== "nonce") script.setAttribute(name, value);
      script.nonce = sleeping.nonce;
      sleeping.replaceWith(script);
    }
  }

  function painted() {
    if (isPainted) return;
    isPainted = true;
    if (!poster) return wake();
    const loaded = () => setTimeout(wake, UNSEEN_MS_MAX);
    if (poster.complete) return loaded();
    poster.addEventListener("load", loaded, { once: true });
    poster.addEventListener("error", wake, { once: true });
  }

  for (const sign of SIGNS) addEventListener(sign, wake, { capture: true, passive: true });
  setTimeout(wake, WAIT_MS_MAX);
  if (document.hidden) return wake();   // Nobody looks: nothing will be drawn.
  try {
    new PerformanceObserver(painted).observe({ type: "paint", buffered: true });
    new PerformanceObserver((list) => {
      if (list.getEntries().some(({ element }) => element === poster)) wake();
    }).observe({ type: "largest-contentful-paint", buffered: true });
  } catch { painted(); }   // A browser that does not tell.
}
