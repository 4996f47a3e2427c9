import { initialsOf, tileOf } from "./tile";

// A person or a channel: their picture, or their initials on an azulejo of their own. The name stands beside it nearly
// everywhere; where it does not, `label` says it.
type Props = { username: string; name?: string; url?: string | null; label?: string; className?: string };

export function Avatar({ username, name = username, url, label, className = "size-10" }: Props) {
  if (url) return <img src={url} alt={label ?? ""} width={96} height={96} loading="lazy" decoding="async" className={`avatar ${className}`} />;
  const { glaze, motif } = tileOf(username);
  return (
    <svg viewBox="0 0 40 40" className={`tile tile-${glaze} ${className}`} {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}>
      <use href={`#motif-${motif}`} opacity="0.28" />
      <text x="20" y="20" className="tile-initials" textAnchor="middle" dominantBaseline="central">{initialsOf(name)}</text>
    </svg>
  );
}
