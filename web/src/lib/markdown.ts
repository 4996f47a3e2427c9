import { micromark } from "micromark";

// A channel's own words as HTML that can do no harm, whoever wrote them. micromark passes no HTML on and no address but
// http(s), mailto and the like; on top of that there are no pictures (they would tell strangers who reads), no frames
// and no headings above the page's own, and every link says that the house did not write it.
const NO_PICTURES = { disable: { null: ["labelStartImage"] } };
const HEADING_MIN = 4;   // A panel's own title is an h3.

export function markdownToHtml(text: string): string {
  // Its output is the only place where these tags can come from: every < in the text leaves it as &lt;.
  return micromark(text, { extensions: [NO_PICTURES] })
    .replace(/<a href="/g, '<a rel="ugc nofollow noopener" target="_blank" href="')
    .replace(/<(\/?)h([1-6])>/g, (_, slash: string, level: string) => `<${slash}h${Math.min(6, Number(level) + HEADING_MIN - 1)}>`);
}
