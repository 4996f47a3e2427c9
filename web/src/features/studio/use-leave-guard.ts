import { useEffect } from "react";

// While this page is what sends the picture, a link to another page of ours asks first: the broadcast would stop.
// (Closing the tab asks by itself, see use-broadcast.)
export function useLeaveGuard(isOn: boolean, question: string): void {
  useEffect(() => {
    if (!isOn) return;
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      const staysHere = !(link instanceof HTMLAnchorElement) || link.target === "_blank" || link.hasAttribute("download") ||
        event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
      if (staysHere || confirm(question)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("click", onClick, { capture: true });
    return () => document.removeEventListener("click", onClick, { capture: true });
  }, [isOn, question]);
}
