// The app's frame: list, outbox, synchronisation in the background, and the one place where a failure is told.
import { h, icon } from "./dom.js";
import { capture, exportFile, forgetRefused, newKey, waiting } from "./outbox.js";
import { load, progress } from "./state.js";
import { meta, persist, remember } from "./store.js";
import { synchronise } from "./sync.js";
import { walk } from "./walk.js";

const EVERY_SECONDS = 30;

export async function startApp(root, settings) {
  const { words, urls } = settings;
  const app = {
    words, urls, blobs: new Map(), rounds: [], work: null, status: "offline", screen: { view: "list" }, problem: "", addresses: new Map(),
    word: (key, values) => Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[key] ?? key),
    now: () => (app.work?.heard ? Date.parse(app.work.server_now) + Date.now() - app.work.heard : Date.now()), // the server's clock
    today: () => dateAt(app.work?.zone, new Date(app.now())),
    address: (blob) => {
      if (!app.addresses.has(blob)) app.addresses.set(blob, URL.createObjectURL(blob));
      return app.addresses.get(blob);
    },
    scanner: async () => {
      const scan = await import("./scan.js");
      scan.prepare(urls.wasm);
      return scan;
    },
    complain: (text) => ((app.problem = text), draw(app)),
    show: async (screen) => {
      app.screen = screen;
      app.problem = "";
      await refresh(app, true);
      window.scrollTo(0, 0);
    },
    keep: async (deed) => {
      try {
        await deed();
        app.problem = "";
      } catch (problem) {
        app.problem = problem?.name === "QuotaExceededError" ? words.memory_full : words.not_kept;
        console.warn("not kept", problem?.name);
      }
      await refresh(app, true);
      send(app);
    },
  };
  app.root = root;
  if (!(await meta("device"))) await remember("device", newKey());
  await persist();
  await refresh(app);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(urls.worker, { scope: urls.page }).catch(() => {});
  send(app);
  setInterval(() => send(app), EVERY_SECONDS * 1000);
  window.addEventListener("online", () => send(app));
  window.addEventListener("offline", () => ((app.status = "offline"), draw(app)));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send(app));
  window.addEventListener("hashchange", () => app.show({ view: location.hash === "#outbox" ? "outbox" : "list" }));
}

function dateAt(zone, at) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone || undefined }).format(at);
}

async function send(app) {
  if (app.sending) return;
  app.sending = true;
  draw(app);
  try {
    const status = await synchronise(app.urls, () => count(app));
    if (status !== "busy") app.status = status;
  } finally {
    app.sending = false;
  }
  await refresh(app);
}

async function count(app) {
  app.waiting = await waiting(app.person);
  drawBar(app);
}

// Reads everything anew and draws, unless the person is in the middle of typing.
async function refresh(app, force = false) {
  const found = await load();
  for (const address of app.addresses.values()) URL.revokeObjectURL(address);
  app.addresses.clear();
  Object.assign(app, found);
  app.waiting = await waiting(app.person);
  draw(app, force);
}

function draw(app, force = false) {
  drawBar(app);
  const typing = document.activeElement;
  if (!force && typing?.matches?.("input:not([type=file]), canvas") && app.root.contains(typing)) return;
  let body = app.root.querySelector("[data-body]");
  if (!body) {
    body = h("div", { dataset: { body: "" } });
    app.root.append(body);
  }
  const { view, ref, place } = app.screen;
  const round = view === "round" ? app.rounds.find((one) => one.ref === ref) : null;
  const held = focused(body);
  body.replaceChildren(round && !round.handed ? walk(app, round, place) : view === "outbox" ? outbox(app) : list(app));
  held?.();
}

function drawBar(app) {
  const { words } = app;
  const { items = 0, photos = 0, alarm = false, others = 0, refused = [] } = app.waiting ?? {};
  const unsent = items + photos;
  const state = { sent: words.all_sent, offline: words.offline, "signed-out": words.signed_out, conflict: words.conflict }[app.status];
  const bar = h("header", { class: "app-bar", dataset: { unsent, status: app.status } },
    h("a", { class: "app-home", href: "#", onclick: (event) => (event.preventDefault(), app.show({ view: "list" })) }, icon("clipboard-check", app.urls.icons), h("span", {}, app.branch?.name ?? words.title)),
    h("a", { class: "app-count", href: "#outbox", onclick: (event) => (event.preventDefault(), app.show({ view: "outbox" })) },
      icon(app.status === "sent" && !unsent ? "circle-check" : app.status === "offline" ? "wifi-off" : "refresh", app.urls.icons),
      h("span", {}, unsent ? app.word("unsent", { count: unsent }) : app.sending ? words.sending : state)),
    alarm ? h("p", { class: "app-alarm", role: "alert" }, words.unsent_day) : null,
    others ? h("p", { class: "app-told" }, app.word("unsent_others", { count: others })) : null,
    refused.length ? h("p", { class: "app-told" }, app.word("set_aside", { count: refused.length })) : null,
    app.status === "signed-out" ? h("p", { class: "app-told" }, words.signed_out_kept, " ", h("a", { href: app.urls.sign_in }, words.sign_in)) : null,
    app.problem ? h("p", { class: "app-alarm", role: "alert" }, app.problem) : null);
  const before = app.root.querySelector(".app-bar");
  if (before) before.replaceWith(bar);
  else app.root.prepend(bar);
}

function list(app) {
  const { words, work } = app;
  if (!work) return h("div", { class: "empty-app" }, h("p", {}, app.status === "signed-out" ? words.sign_in_first : words.connect_once), h("a", { class: "btn btn-primary", href: app.urls.sign_in }, words.sign_in));
  const open = app.rounds.filter((round) => !round.handed);
  return h("div", { class: "cards" },
    h("h1", {}, words.to_do),
    open.length ? null : h("p", { class: "soft" }, words.nothing_due),
    open.map((round) => card(app, round)),
    app.rounds.filter((round) => round.handed).map((round) => h("div", { class: "round-card handed" }, h("strong", {}, round.definition.name), h("span", { class: "soft" }, words.handed_in))),
    work.begin.length ? h("h2", {}, words.begin_other) : null,
    work.begin.map((one) => beginner(app, one)),
    h("a", { class: "btn btn-quiet", href: app.urls.desk }, words.to_desk));
}

function card(app, round) {
  const { done, all } = progress(round);
  const late = round.due_at && Date.parse(round.due_at) < app.now();
  const due = round.due_at ? new Intl.DateTimeFormat(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: app.work.zone }).format(new Date(round.due_at)) : "";
  return h("button", { class: `round-card${late ? " late" : ""}`, type: "button", dataset: { open: round.ref }, onclick: () => app.show({ view: "round", ref: round.ref, place: 0 }) },
    h("strong", {}, round.definition.name, round.asset ? ` ${round.asset}` : ""),
    h("span", {}, due ? app.word(late ? "was_due" : "due_by", { time: due }) : words_of(app, round)),
    h("span", { class: "soft" }, app.word("answered_of", { done, all }), round.assignee ? ` · ${round.assignee}` : ""));
}

const words_of = (app, round) => (round.id ? app.words.begun : app.words.begun_here);

function beginner(app, one) {
  const assets = app.work.assets[one.definition.asset_kind] ?? [];
  const begin = (asset) => app.keep(async () => {
    const ref = newKey();
    await capture({ kind: "start", round: ref, checklist: one.checklist, version: one.version, asset });
    await app.show({ view: "round", ref, place: 0 });
  });
  if (!one.definition.asset_kind) return h("button", { class: "round-card plain", type: "button", dataset: { begin: one.checklist }, onclick: () => begin("") }, h("strong", {}, one.definition.name));
  return h("details", { class: "round-card plain" }, h("summary", {}, one.definition.name), assets.map((asset) => h("button", { class: "choice-key", type: "button", onclick: () => begin(asset) }, asset)));
}

function outbox(app) {
  const { words } = app;
  const { items, photos, oldest, refused } = app.waiting;
  const save = async () => {
    const link = h("a", { href: URL.createObjectURL(await exportFile()), download: `rounds-${app.today()}.json` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return h("div", { class: "cards" },
    h("h1", {}, words.outbox),
    h("p", {}, app.word("waiting", { items, photos }), oldest ? ` ${app.word("since", { time: new Date(oldest).toLocaleString(document.documentElement.lang) })}` : ""),
    h("button", { class: "btn btn-primary big", type: "button", dataset: { send: "" }, onclick: () => send(app) }, words.send_now),
    h("button", { class: "btn btn-plain big", type: "button", dataset: { export: "" }, onclick: save }, words.save_file),
    h("p", { class: "soft" }, words.save_file_why),
    refused.length ? h("h2", {}, words.set_aside_title) : null,
    refused.map((one) => h("div", { class: "round-card handed" }, h("span", {}, JSON.parse(one.text).item ?? JSON.parse(one.text).kind), h("span", { class: "soft" }, words[`reason_${one.reason}`] ?? one.reason))),
    refused.length ? h("button", { class: "btn btn-plain", type: "button", dataset: { seen: "" }, onclick: () => app.keep(forgetRefused) }, words.seen) : null);
}

// Drawing anew must not take the cursor away from the question that the person went on to.
function focused(body) {
  const active = document.activeElement;
  const slug = body.contains(active) ? active.closest("[data-item]")?.dataset.item : null;
  if (!slug) return null;
  const kind = active.tagName + (active.dataset.value ? `[data-value="${active.dataset.value}"]` : "");
  return () => body.querySelector(`[data-item="${slug}"] ${kind}`)?.focus({ preventScroll: true });
}
