import { calendarOf } from "@/features/channels/calendar";
import { usernameOf } from "@/features/channels/channel-page";
import { api } from "@/lib/api/server";
import { publicOrigin } from "@/lib/origin";

const DAYS = 60;
const FRESH_S = 900;

// A channel's announcements for calendar programs: all of them to subscribe to, or one (?entry=…&date=…) to keep.
export async function GET(request: Request, { params }: { params: Promise<{ handle: string }> }) {
  const username = usernameOf((await params).handle);
  if (username === null) return new Response(null, { status: 404 });
  const [channel, schedule] = await Promise.all([
    api("get", "/api/v1/channels/{username}", { path: { username } }),
    api("get", "/api/v1/channels/{username}/schedule", { path: { username }, query: { days: DAYS } }),
  ]);
  if (!channel.ok || !schedule.ok) {
    const status = [channel, schedule].some((answer) => !answer.ok && answer.error.status === 404) ? 404 : 503;
    return new Response(null, { status });
  }
  const query = new URL(request.url).searchParams, entry = query.get("entry"), date = query.get("date");
  const wanted = entry === null ? schedule.data.items : schedule.data.items.filter((one) => String(one.entry_id) === entry && (date === null || one.date === date));
  if (entry !== null && wanted.length === 0) return new Response(null, { status: 404 });
  const text = calendarOf(channel.data.display_name, wanted, `${await publicOrigin()}/@${username}`, new Date());
  return new Response(text, {
    headers: { "content-type": "text/calendar; charset=utf-8", "content-disposition": `inline; filename="${username}.ics"`, "cache-control": `public, max-age=${FRESH_S}` },
  });
}
