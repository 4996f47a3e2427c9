// A page says in its head what it is answered with (features/site/answer-status.tsx); Next.js cannot, once it renders.
const MARK = /<meta name="answer-status" content="(\d{3})(?: (\d+))?"\/>/;

export function answerStatusOf(html) {
  const [, status, retryAfter_s] = MARK.exec(html) ?? [];
  return status ? { status: Number(status), retryAfter_s } : null;
}
