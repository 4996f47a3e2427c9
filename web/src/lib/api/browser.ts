import { makeCall } from "./call";

// The API from the page: same origin, the session cookie goes along by itself.
export const api = makeCall((path, init) => fetch(path, init));
