// Live client. <body data-live="/live/…"> opens one stream; facts become DOM events that htmx triggers name:
//   hx-trigger="live:onsite.ticket_taken from:body"   one kind
//   hx-trigger="live:any from:body"                   anything, at most once a second
//   hx-trigger="live:resync from:body"                the server cannot replay what was missed
// Each message is {"kind": "room.fact", …}; its id is kept for the reconnect.

const STALE_AFTER = 10_000;
const COALESCE = 1_000;
const LONGEST_WAIT = 30_000;

export function reconnectDelay(attempt, chance = Math.random()) {
  const ceiling = Math.min(LONGEST_WAIT, 1_000 * 2 ** attempt);
  return ceiling / 2 + (chance * ceiling) / 2;
}

export function startLive(url) {
  if (!url) return null;
  const live = new Live(url, document.body);
  live.open();
  return live;
}

class Live {
  constructor(url, target) {
    Object.assign(this, { url, target, attempt: 0, lastId: "", heard: Date.now(), pending: null, source: null, retry: null });
    setInterval(() => this.#look(), 1_000);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#wake());
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("offline", () => this.#mark("offline"));
    window.addEventListener("pagehide", () => this.source?.close());
  }

  open() {
    clearTimeout(this.retry);
    this.source?.close();
    // A new EventSource cannot send Last-Event-ID by itself, so the id travels as a parameter too.
    const url = new URL(this.url, location.href);
    if (this.lastId) url.searchParams.set("last_event_id", this.lastId);
    const source = (this.source = new EventSource(url));
    source.onopen = () => this.#hear();
    source.onerror = () => this.#again();
    source.onmessage = (message) => this.#fact(message);
    source.addEventListener("fact", (message) => this.#fact(message));
    source.addEventListener("ping", (message) => this.#hear(message));
    source.addEventListener("resync", (message) => this.#resync(message));
  }

  #hear(message) {
    this.heard = Date.now();
    this.attempt = 0;
    if (message?.lastEventId) this.lastId = message.lastEventId;
    this.#mark("live");
  }

  #fact(message) {
    this.#hear(message);
    let fact;
    try {
      fact = JSON.parse(message.data);
    } catch {
      return;
    }
    if (fact.kind) this.#tell(`live:${fact.kind}`, fact);
    this.pending ??= setTimeout(() => {
      this.pending = null;
      this.#tell("live:any", {});
    }, COALESCE);
  }

  #resync(message) {
    this.#hear(message);
    this.#tell("live:resync", {});
    this.#tell("live:any", {});
  }

  #again() {
    this.source?.close();
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), reconnectDelay(this.attempt++));
  }

  #wake() {
    if (this.source?.readyState !== EventSource.OPEN) this.open();
  }

  #look() {
    const quiet = Date.now() - this.heard;
    if (quiet <= STALE_AFTER) return;
    this.#mark(navigator.onLine ? "stale" : "offline");
    // A half-open connection never errors: replace it once it has been silent for three pings more.
    if (quiet > STALE_AFTER * 2.5 && this.source?.readyState === EventSource.OPEN) this.#again();
  }

  #mark(state) {
    if (document.documentElement.dataset.liveState === state) return;
    document.documentElement.dataset.liveState = state;
    this.#tell("live:state", { state, heard: this.heard });
  }

  #tell(name, detail) {
    this.target.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
