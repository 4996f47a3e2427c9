// The shape of what is coming. Decoration: whoever waits says so once, in words, on the region that is busy.
export function Skeleton({ shape = "line", className = "" }: { shape?: "line" | "picture" | "circle"; className?: string }) {
  return <span aria-hidden="true" className={`skeleton skeleton-${shape} ${className}`} />;
}

export function SkeletonCard() {
  return (
    <div aria-hidden="true">
      <Skeleton shape="picture" />
      <div className="flex gap-3 pt-3">
        <Skeleton shape="circle" className="size-10" />
        <div className="grid flex-1 content-start gap-2 pt-1"><Skeleton className="w-4/5" /><Skeleton className="w-1/2" /></div>
      </div>
    </div>
  );
}
