// nginx with its RTMP module, the peer of the serving and ingest benches, on ports and in a folder of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child, freePort, until } from "../../tools/luso/lib/processes.mjs";

export async function startNginx() {
  const dir = mkdtempSync(join(tmpdir(), "lusotown-nginx-"));
  const [http, rtmp] = [await freePort(), await freePort()];
  for (const sub of ["www", "hls", "tmp"]) mkdirSync(join(dir, sub));
  chmodSync(dir, 0o755);
  writeFileSync(join(dir, "nginx.conf"), `
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
user root;
worker_processes 1;
daemon off;
pid ${dir}/nginx.pid;
error_log ${dir}/error.log warn;
events { worker_connections 4096; }
rtmp {
  access_log off;
  server {
    listen 127.0.0.1:${rtmp};
    chunk_size 4096;
    application live { live on; hls on; hls_path ${dir}/hls; hls_fragment 2s; hls_playlist_length 60s; }
  }
}
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  client_body_temp_path ${dir}/tmp; proxy_temp_path ${dir}/tmp; fastcgi_temp_path ${dir}/tmp; uwsgi_temp_path ${dir}/tmp; scgi_temp_path ${dir}/tmp;
  open_file_cache max=100;
  server { listen 127.0.0.1:${http}; root ${dir}/www; }
}
`);
  const child = new Child("nginx", ["nginx", "-p", dir, "-c", join(dir, "nginx.conf")], { log: join(dir, "nginx.log") });
  await until("nginx to answer", async () => (await fetch(`http://127.0.0.1:${http}/`)).status > 0, { child });
  return {
    child, dir, http: `http://127.0.0.1:${http}`, rtmp: `rtmp://127.0.0.1:${rtmp}/live`,
    stop: async () => { await child.stop(); rmSync(dir, { recursive: true, force: true }); },
  };
}
