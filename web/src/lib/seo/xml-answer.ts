export function xml(text: string, fresh_s: number): Response {
  return new Response(text, { headers: { "content-type": "application/xml; charset=utf-8", "cache-control": `public, max-age=${fresh_s}` } });
}

// A search engine that is told "later" keeps what it has; an empty list would say that everything is gone.
export function unavailable(): Response {
  return new Response(null, { status: 503, headers: { "retry-after": "60" } });
}
