import { read, type CallInput, type CallResult } from "./call";

// A file that the API writes while it sends it. The page waits for its end, so that a broken one is an error and no file.
export async function exportAccount({ body }: CallInput<"/api/v1/account/export", "post">): Promise<CallResult<File>> {
  try {
    const response = await fetch("/api/v1/account/export", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!response.ok) return await read(response) as CallResult<File>;
    const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "lusotown.json";
    return { ok: true, data: new File([await response.blob()], name, { type: "application/json" }) };
  } catch {
    return { ok: false, error: { reason: "web.offline", message: "", status: 0 } };
  }
}
