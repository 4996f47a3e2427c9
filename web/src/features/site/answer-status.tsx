// The status the page is answered with. Next.js renders a refusal (notFound(), a thrown error) as an empty shell that only
// script fills; so pages render what they have to say like any other page, and leave this mark for server/main.mjs.
export function AnswerStatus({ code, retryAfter_s }: { code: 404 | 429 | 500 | 503; retryAfter_s?: number }) {
  return <meta name="answer-status" content={retryAfter_s === undefined ? String(code) : `${code} ${retryAfter_s}`} />;
}
