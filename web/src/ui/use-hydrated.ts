import { useSyncExternalStore } from "react";

// False in the server's HTML, true once script listens. A button that only script can answer stays disabled until then:
// a press is not lost, and a form never falls back to a plain submission with a password in the address.
export function useHydrated(): boolean {
  return useSyncExternalStore(never, () => true, () => false);
}

const never = () => () => {};
