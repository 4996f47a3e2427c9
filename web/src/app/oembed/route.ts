import { api } from "@/lib/api/server";
import { channelAt, frameHtml, sizeWithin } from "@/lib/oembed";
import { publicOrigin } from "@/lib/origin";

const FRESH_S = 300;

export async function GET(request: Request) {
  const query = new URL(request.url).searchParams;
  if ((query.get("format") ?? "json") !== "json") return new Response(null, { status: 501 });   // oEmbed, 2.3.5.
  const origin = await publicOrigin(), username = channelAt(query.get("url"), origin);
  if (!username) return new Response(null, { status: 404 });
  const [channel, about] = await Promise.all([
    api("get", "/api/v1/channels/{username}", { path: { username } }),
    api("get", "/api/v1/channels/{username}/about", { path: { username } }),
  ]);
  if (!channel.ok || !about.ok) return new Response(null, { status: [channel, about].some((answer) => !answer.ok && answer.error.status === 404) ? 404 : 503 });
  if (about.data.embed_hosts.length === 0) return new Response(null, { status: 401 });   // The channel is shown nowhere else.
  const id = channel.data.live_stream_id;
  const stream = id === null ? null : await api("get", "/api/v1/streams/{stream_id}", { path: { stream_id: id } });
  const title = stream?.ok ? stream.data.title : channel.data.display_name;
  const size = sizeWithin(query.get("maxwidth"), query.get("maxheight"));
  const thumbnail = stream?.ok ? stream.data.thumbnail_url : null;
  return Response.json({
    version: "1.0", type: "video", provider_name: "LusoTown", provider_url: origin, title,
    author_name: channel.data.display_name, author_url: `${origin}/@${username}`, cache_age: FRESH_S, ...size,
    html: frameHtml({ src: `${origin}/embed/@${username}`, title, ...size }),
    ...(thumbnail ? { thumbnail_url: origin + thumbnail, thumbnail_width: 1280, thumbnail_height: 720 } : {}),
  }, { headers: { "cache-control": `public, max-age=${FRESH_S}`, "access-control-allow-origin": "*" } });
}
