// A viewer's choices, kept in this browser.
export function stored(key: string): string | null {
  try { return localStorage.getItem(key); } catch { return null; }
}

export function store(key: string, value: string): void {
  try { localStorage.setItem(key, value); } catch { /* A private window; the choice lasts as long as the page. */ }
}
