// Live client. <body data-live="/live/…"> opens one stream; facts become DOM events that htmx triggers name:
//   hx-trigger="live:onsite.ticket_taken from:body"   one kind, the fact in event.detail
//   hx-trigger="live:any from:body"                   anything: the first at once, then at most once a second
//   hx-trigger="live:resync from:body"                the server cannot replay what was missed: fetch afresh
// <html data-live-state> is "live", "stale" (10 s without a ping) or "offline"; live:state tells of changes.
import { read } from "./stream.js";

const STALE_AFTER = 10_000;
const DEAD_AFTER = 25_000;
const COALESCE = 1_000;
const LONGEST_WAIT = 30_000;

// Half fixed, half by chance: screens that lost one server do not come back in one wave.
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
    Object.assign(this, { url, target, attempt: 0, lastId: "", heard: Date.now(), pending: null, told: 0, stop: null, retry: null });
    setInterval(() => this.#look(), 1_000);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#wake());
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("offline", () => this.#mark("offline"));
    window.addEventListener("pagehide", () => this.close());
    window.addEventListener("pageshow", (event) => event.persisted && this.open());
  }

  async open() {
    this.close();
    const stop = (this.stop = new AbortController());
    const hooks = { opened: () => this.#hear(), event: (event) => stop === this.stop && this.#take(event) };
    let refused = false;
    try {
      await read(this.url, this.lastId, stop.signal, hooks);
    } catch (problem) {
      refused = problem.status === 401 || problem.status === 403 || problem.status === 404;
    }
    if (stop !== this.stop || stop.signal.aborted) return;
    this.stop = null;
    if (!refused) this.#again();
  }

  close() {
    clearTimeout(this.retry);
    this.stop?.abort();
    this.stop = null;
  }

  #take({ name, data, id }) {
    this.#hear();
    if (id) this.lastId = id;
    if (name === "ping") return;
    if (name === "resync") return this.#resync();
    let fact;
    try {
      fact = JSON.parse(data);
    } catch {
      return;
    }
    this.#tell(`live:${name === "message" ? fact.kind : name}`, fact);
    this.pending ??= setTimeout(() => {
      Object.assign(this, { pending: null, told: Date.now() });
      this.#tell("live:any", {});
    }, Math.max(0, this.told + COALESCE - Date.now()));
  }

  #resync() {
    this.lastId = "";
    this.#tell("live:resync", {});
    this.#tell("live:any", {});
  }

  #hear() {
    this.heard = Date.now();
    this.attempt = 0;
    this.#mark("live");
  }

  #again() {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), reconnectDelay(this.attempt++));
  }

  #wake() {
    if (!this.stop) this.open();
  }

  #look() {
    const quiet = Date.now() - this.heard;
    if (quiet <= STALE_AFTER) return;
    this.#mark(navigator.onLine ? "stale" : "offline");
    // A half-open connection never errors: one that has been silent for long is replaced.
    if (quiet > DEAD_AFTER && this.stop) {
      this.heard = Date.now() - STALE_AFTER - 1;
      this.close();
      this.#again();
    }
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
