import type { Occurrence } from "@/lib/api/types";

// RFC 5545. Every time that something happens is an event of its own, at its moment in UTC: a calendar program need know
// nothing of the place's clocks, and a cancelled day says so under the same UID.
const LINE_OCTETS_MAX = 75;   // 3.1: longer lines are folded, between characters.

export function calendarOf(channel: string, occurrences: readonly Occurrence[], url: string, now: Date): string {
  const host = new URL(url).host;
  const lines = [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//LusoTown//Schedule//PT", "METHOD:PUBLISH", `X-WR-CALNAME:${text(channel)}`,
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ...occurrences.flatMap((one) => [
      "BEGIN:VEVENT", `UID:${one.entry_id}-${one.date}@${host}`, `DTSTAMP:${moment(now)}`,
      `DTSTART:${moment(new Date(one.starts_at))}`, `DTEND:${moment(new Date(one.ends_at))}`,
      `SUMMARY:${text(`${one.title} · ${channel}`)}`, `URL:${url}`, `DESCRIPTION:${text(url)}`,
      `STATUS:${one.is_cancelled ? "CANCELLED" : "CONFIRMED"}`, "END:VEVENT",
    ]),
    "END:VCALENDAR",
  ];
  return lines.flatMap(folded).join("\r\n") + "\r\n";
}

function moment(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d{3}/g, "");
}

// 3.3.11.
function text(words: string): string {
  return words.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
}

function folded(line: string): string[] {
  const parts: string[] = [];
  let part = "", octets = 0;
  for (const character of line) {
    const size = new TextEncoder().encode(character).length;
    if (octets + size > LINE_OCTETS_MAX) {
      parts.push(part);
      part = " ";
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part];
}
