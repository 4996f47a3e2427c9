// The demo channel's picture: a test card with the hour in three cities and a quiet 440 Hz tone, drawn by ffmpeg.
const kFont = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf";
const kCities = [["Brasília", "America/Sao_Paulo"], ["Lisboa", "Europe/Lisbon"], ["Luanda", "Africa/Luanda"]];
const kWidth = 1280, kHeight = 720;

// Seconds that a zone is ahead of UTC at this moment.
function offsetSeconds(zone, now = new Date()) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(now).map((p) => [p.type, Number(p.value)]));
  return Math.round((Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(now / 1000) * 1000) / 1000);
}

const label = (text, x, y, size, colour) => `drawtext=fontfile=${kFont}:text='${text}':x=${x}:y=${y}:fontsize=${size}:fontcolor=${colour}`;

export function demoCommand(url) {
  const now = Math.floor(Date.now() / 1000);
  const column = kWidth / kCities.length;
  const clocks = kCities.flatMap(([city, zone], i) => {
    const centre = `${column * i + column / 2}-text_w/2`;
    return [
      label(city, centre, 500, 34, "0xF6E7C8"),
      label(`%{pts\\:gmtime\\:${now + offsetSeconds(zone)}\\:%H\\\\\\:%M\\\\\\:%S}`, centre, 552, 56, "white"),
    ];
  });
  const picture = [
    label("A Praça", "(w-text_w)/2", 96, 92, "white"),
    label("LusoTown em direto", "(w-text_w)/2", 210, 38, "0xF6E7C8"),
    "drawbox=x=0:y=470:w=iw:h=170:color=0x0B2E4F@0.85:t=fill",
    ...clocks,
  ].join(",");
  return ["ffmpeg", "-hide_banner", "-loglevel", "warning", "-nostdin", "-re",
    "-f", "lavfi", "-i", `gradients=s=${kWidth}x${kHeight}:r=30:c0=0x0F4C75:c1=0x1B8A6B:c2=0xE2A72E:c3=0xB5432A:n=4:speed=0.004:x0=0:y0=0:x1=${kWidth}:y1=${kHeight}`,
    "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000,volume=0.08",
    "-vf", picture, "-pix_fmt", "yuv420p",
    "-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-profile:v", "main", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0",
    "-b:v", "1500k", "-maxrate", "1500k", "-bufsize", "1500k",
    "-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2", "-f", "flv", url];
}
