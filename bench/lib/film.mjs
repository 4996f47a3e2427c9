// The film that the benches publish: 720p30 at 1.5 Mbit/s with sound, GOP 1 s unless asked otherwise. Its top rows carry the frame's
// number as 20 blocks of 40x40 pixels, most significant first, so that a player can read which frame it shows.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { resolve } from "node:path";

export const kFps = 30;
export const kBits = 20;
const kSeconds = 60;

export function film({ gopS = 1 } = {}) {
  const file = resolve(`var/bench/film-gop${gopS}.flv`);
  if (existsSync(file)) return file;
  mkdirSync(resolve("var/bench"), { recursive: true });
  const blocks = Array.from({ length: kBits }, (_, i) => `drawbox=x=${i * 40}:y=0:w=40:h=40:color=white:t=fill:enable='mod(floor(n/${2 ** (kBits - 1 - i)}),2)'`);
  const done = spawnSync("ffmpeg", ["-v", "error", "-y",
    "-f", "lavfi", "-i", `testsrc2=s=1280x720:r=${kFps}:d=${kSeconds},noise=alls=6:allf=t,drawbox=x=0:y=0:w=iw:h=40:color=black:t=fill,${blocks.join(",")}`,
    "-f", "lavfi", "-i", `sine=frequency=660:sample_rate=48000:d=${kSeconds}`,
    "-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-tune", "zerolatency", "-g", String(gopS * kFps), "-keyint_min", String(gopS * kFps), "-sc_threshold", "0",
    "-b:v", "1500k", "-maxrate", "1500k", "-bufsize", "1500k", "-x264-params", "sliced-threads=0", "-pix_fmt", "yuv420p",
    "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-f", "flv", `${file}.part`], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`ffmpeg could not make the film: ${done.stderr}`);
  renameSync(`${file}.part`, file); // Whoever is interrupted leaves no half of a film.
  return file;
}
