// A signed-in caller of our own API, for commands and tests: keeps the session cookie, sends the page's Origin.
export class Api {
  constructor(origin) {
    this.origin = origin;
    this.cookie = "";
  }

  static async signIn(origin, login, password) {
    const api = new Api(origin);
    await api.post("/api/v1/sessions", { login, password });
    return api;
  }

  // Sends one request and returns {status, headers, body}; the body is parsed when it is JSON.
  async raw(method, path, body, headers = {}) {
    const answer = await fetch(this.origin + path, {
      method,
      redirect: "manual",
      headers: {
        Origin: this.origin,
        ...(this.cookie && { Cookie: this.cookie }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(";");
      const value = pair.slice(pair.indexOf("=") + 1);
      this.cookie = value ? pair : "";
    }
    const text = await answer.text();
    const json = answer.headers.get("content-type")?.includes("json") && text !== "";
    return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
  }

  async call(method, path, body) {
    const answer = await this.raw(method, path, body);
    if (answer.status >= 400) {
      const error = new Error(`${method} ${path}: ${answer.status} ${answer.body?.error?.reason ?? answer.body}`);
      throw Object.assign(error, { status: answer.status, reason: answer.body?.error?.reason });
    }
    return answer.body;
  }

  get(path) { return this.call("GET", path); }
  post(path, body) { return this.call("POST", path, body); }
  put(path, body) { return this.call("PUT", path, body); }
  patch(path, body) { return this.call("PATCH", path, body); }
  delete(path) { return this.call("DELETE", path); }
}
