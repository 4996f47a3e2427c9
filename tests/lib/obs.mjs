// A real OBS without a screen: a profile folder, Xvfb and software OpenGL.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { Child, until } from "./world.mjs";

const kScene = {
  current_program_scene: "Cena", current_scene: "Cena", name: "Luso", scene_order: [{ name: "Cena" }],
  sources: [
    { id: "color_source", versioned_id: "color_source_v3", name: "Cor", settings: { color: 4278233600, width: 1280, height: 720 } },
    { id: "scene", name: "Cena", settings: { items: [{ name: "Cor", id: 1, visible: true, scale: { x: 1, y: 1 }, pos: { x: 0, y: 0 } }], id_counter: 1 } },
  ],
};

const ini = (sections) => Object.entries(sections).map(([name, values]) => `[${name}]\n${Object.entries(values).map(([k, v]) => `${k}=${v}`).join("\n")}\n`).join("\n");

export class Obs {
  // service is what OBS keeps in service.json; the API's own download goes straight in.
  static async start(folder, service, { x264 = "", reconnectDelay = 2 } = {}) {
    const home = mkdtempSync(join(folder, "obs-"));
    const config = join(home, ".config/obs-studio");
    const profile = join(config, "basic/profiles/Luso");
    for (const path of [profile, join(config, "basic/scenes"), join(home, "run")]) mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(join(config, "global.ini"), ini({ General: { FirstRun: true, InfoIncrement: 100, LastVersion: 486539264, EnableAutoUpdates: false }, Basic: { Profile: "Luso", ProfileDir: "Luso", SceneCollection: "Luso", SceneCollectionFile: "Luso" } }));
    writeFileSync(join(profile, "basic.ini"), ini({
      General: { Name: "Luso" },
      Output: { Mode: "Simple", Reconnect: true, RetryDelay: reconnectDelay, MaxRetries: 20 },
      SimpleOutput: { StreamEncoder: "x264", VBitrate: 1000, ABitrate: 128, UseAdvanced: true, Preset: "ultrafast", x264Settings: x264 },
      Video: { BaseCX: 640, BaseCY: 360, OutputCX: 640, OutputCY: 360, FPSType: 0, FPSCommon: 30 },
      Audio: { SampleRate: 48000 },
    }));
    writeFileSync(join(profile, "service.json"), JSON.stringify(service));
    writeFileSync(join(config, "basic/scenes/Luso.json"), JSON.stringify(kScene));

    const obs = new Obs();
    obs.log = join(home, "obs.log");
    // xvfb-run picks a free display; -a retries when somebody else was faster.
    obs.child = new Child("obs", ["xvfb-run", "-a", "-s", "-screen 0 800x600x24", "obs", "--startstreaming", "--profile", "Luso", "--collection", "Luso", "--multi", "--minimize-to-tray"], {
      log: obs.log, env: { HOME: home, XDG_RUNTIME_DIR: join(home, "run"), LIBGL_ALWAYS_SOFTWARE: "1", QT_QPA_PLATFORM: "xcb" },
    });
    return obs;
  }

  get text() { return existsSync(this.log) ? readFileSync(this.log, "utf8") : ""; }
  says(pattern, timeoutMs = 60_000) { return until(`OBS to say ${pattern}`, () => pattern.test(this.text), { child: this.child, timeoutMs }); }

  // xvfb-run is a shell script: end the group it leads, so that neither OBS nor Xvfb stays behind.
  async stop() {
    if (!this.child.running) return;
    try { process.kill(-this.child.pid, "SIGTERM"); } catch { /* gone already */ }
    const timer = setTimeout(() => { try { process.kill(-this.child.pid, "SIGKILL"); } catch { /* gone already */ } }, 5000);
    await this.child.ended;
    clearTimeout(timer);
    try { process.kill(-this.child.pid, "SIGKILL"); } catch { /* nobody left in the group */ }
  }
}
