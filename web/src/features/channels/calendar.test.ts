import assert from "node:assert/strict";
import { test } from "node:test";
import { calendarOf } from "./calendar";

const one = {
  entry_id: 7, date: "2026-11-22", starts_at: "2026-11-22T21:00:00.000Z", ends_at: "2026-11-22T22:30:00Z", title: "Fado; viola, voz\\",
  category: "fado", is_weekly: true, is_cancelled: false,
};
const now = new Date("2026-11-20T10:00:00.123Z");
const lines = (ics: string) => ics.replace(/\r\n /g, "").split("\r\n");

test("an event is its moment in UTC, and its words are escaped", () => {
  const all = lines(calendarOf("Ana", [one], "https://luso.town/@ana", now));

  assert.deepEqual([all[0], all.at(-2), all.at(-1)], ["BEGIN:VCALENDAR", "END:VCALENDAR", ""]);
  for (const line of ["UID:7-2026-11-22@luso.town", "DTSTAMP:20261120T100000Z", "DTSTART:20261122T210000Z", "DTEND:20261122T223000Z",
    "SUMMARY:Fado\\; viola\\, voz\\\\ · Ana", "STATUS:CONFIRMED"]) assert.ok(all.includes(line), line);
});

test("a cancelled day is an event that says so", () => {
  assert.ok(lines(calendarOf("Ana", [{ ...one, is_cancelled: true }], "https://luso.town/@ana", now)).includes("STATUS:CANCELLED"));
});

test("a title cannot add lines of its own", () => {
  const ics = calendarOf("Ana", [{ ...one, title: "x\r\nATTACH:https://evil.example" }], "https://luso.town/@ana", now);
  assert.ok(!lines(ics).some((line) => line.startsWith("ATTACH")));
});

test("no line is longer than 75 octets, and accents stay whole", () => {
  const ics = calendarOf("Ana", [{ ...one, title: "ção ".repeat(40) }], "https://luso.town/@ana", now);
  for (const line of ics.split("\r\n")) assert.ok(new TextEncoder().encode(line).length <= 75, line);
  assert.ok(lines(ics).some((line) => line.includes("ção ".repeat(40).trim())));
});
