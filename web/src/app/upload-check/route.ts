import { viewer } from "@/lib/api/server";

// Where the studio measures how fast a creator can send: reads what comes, keeps nothing.
const BYTES_MAX = 1 << 20;

export async function POST(request: Request): Promise<Response> {
  const headers = { "cache-control": "no-store" };
  if (Number(request.headers.get("content-length") ?? Infinity) > BYTES_MAX) return new Response(null, { status: 413, headers });
  if (!(await viewer())) return new Response(null, { status: 401, headers });
  await request.arrayBuffer();
  return new Response(null, { status: 204, headers });
}
