// A drill in the browser: the server tells what will change in the coming seconds, the page plays it and sends orders.
// The server's clock counts; the drawing stays a little behind it, so that no order changes what was already seen.
import { HallCanvas } from "./hall-canvas.js";

const root = document.getElementById("drill");
const config = JSON.parse(root.dataset.config);
const { words } = config;
const BEHIND = 0.3;
const POLL = config.team ? 1000 : 2000; // milliseconds between two questions to the server
const LISTED = 8;
const find = (name) => root.querySelector(`[data-${name}]`);
const two = (n) => String(n).padStart(2, "0");
const clockOf = (second) => `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}`;
const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

let model = { c: {}, w: {}, s: {}, m: {} };
let steps = [];
let base = { second: config.first, at: performance.now(), speed: 0, since: config.first, until: config.first };
let numbers = {};
let questions = [];
let errands = [];
let may = new Set(); // what the own post may order
let seen = 0;
let wanted = 1;
let asking = false;
const lines = [];
const told = new Set();
let ahead = []; // news of the segment that the hall has not reached yet

const canvas = new HallCanvas(find("canvas"), config, (id, window_) => {
  if (window_) for (const select of root.querySelectorAll("select[name=counter]")) select.value = window_;
  listWaiting(true);
});

// The drawing as floor plan or lanes, remembered on this device; lanes show numbers, so a narrow screen begins with them.
const layout = find("layout");
if (layout) {
  const kept = localStorage.getItem("drill-layout") ?? (canvas.width < 700 ? "lanes" : "plan");
  const show = (name) => {
    canvas.show(name === "plan");
    for (const button of layout.children) button.setAttribute("aria-pressed", String(button.value === name));
  };
  layout.addEventListener("click", (event) => {
    const name = event.target.closest("button")?.value;
    if (!name) return;
    localStorage.setItem("drill-layout", name);
    show(name);
  });
  show(kept);
}

const secondNow = () => {
  const ran = base.second + ((performance.now() - base.at) / 1000 - BEHIND) * base.speed;
  return Math.min(base.until, Math.max(base.since, ran));
};

// A new segment replaces what was expected: somebody may have ordered something since.
function load(segment) {
  model = { c: { ...segment.picture.c }, w: { ...segment.picture.w }, s: { ...segment.picture.s }, m: { ...segment.picture.m } };
  steps = segment.steps;
  may = new Set(segment.may);
  numbers = { ...numbers, ...segment.numbers };
  questions = segment.questions;
  errands = segment.errands;
  base = { second: Math.max(segment.second, segment.since), at: performance.now(), speed: segment.speed, since: segment.since, until: segment.until };
  if (segment.speed) wanted = segment.speed;
  for (const line of segment.lines) if (line.seq > seen) note(line);
  for (const [second, title, text] of segment.news) {
    const key = `${second} ${title}`;
    if (!told.has(key)) {
      told.add(key);
      ahead.push({ seq: 0, second, kind: "news", text: text ? `${title}${words.colon}${text}` : title });
    }
  }
  canvas.dirty = true;
  for (const button of root.querySelectorAll(".drill-speeds button")) button.setAttribute("aria-pressed", String(Number(button.value) === segment.speed));
  if (segment.state === "over" && !("over" in root.dataset)) location.reload();
  refresh();
}

function note(line) {
  seen = Math.max(seen, line.seq);
  lines.push(line);
  const item = document.createElement("li");
  item.dataset.kind = line.kind;
  item.dataset.second = line.second;
  item.textContent = `${clockOf(line.second)} ${line.text}`;
  const log = find("log");
  log.insertBefore(item, [...log.children].find((other) => Number(other.dataset.second) <= line.second) ?? null);
  if (line.kind === "message") say(line.text, "watch");
  if (line.kind === "errand") say(line.text, "watch");
  if (["order", "choice", "mark", "found"].includes(line.kind)) {
    const mark = document.createElement("i");
    mark.dataset.kind = line.kind;
    mark.style.insetInlineStart = `${share(line.second)}%`;
    find("marks").append(mark);
    const forks = find("forks");
    if (forks && ![...forks.options].some((option) => Number(option.value) === line.second)) {
      forks.add(new Option(`${clockOf(line.second)} ${line.text}`, line.second));
      forks.selectedIndex = forks.options.length - 1;
    }
  }
}

const share = (second) => Math.min(100, Math.max(0, (100 * (second - config.first)) / (config.last - config.first)));

function say(text, level = "calm") {
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
}

function connection(lost) {
  const box = find("note");
  box.hidden = !lost;
  box.textContent = lost ? words.lost : "";
}

async function ask() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(`${config.segment}?after=${seen}`, { credentials: "same-origin", headers: { "X-Drill": "1" } });
    connection(!answer.ok);
    if (answer.ok) load(await answer.json());
  } catch {
    connection(true);
  } finally {
    asking = false;
  }
}

// One press is one line: its key is renewed only when the server has answered.
async function send(form, button) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const data = new FormData(form, button);
  data.set("after", String(seen));
  if (!data.get("idempotency_key")) data.set("idempotency_key", fresh());
  try {
    const to = button?.formAction && button.hasAttribute("formaction") ? button.formAction : form.action;
    const answer = await fetch(to, { method: "POST", body: data, credentials: "same-origin", headers: { "X-Drill": "1" } });
    const told_ = await answer.json();
    if (told_.refused) say(told_.refused, "act");
    else load(told_);
    const key = form.elements.idempotency_key;
    if (key) key.value = fresh();
    connection(false);
  } catch {
    connection(true);
  } finally {
    delete form.dataset.busy;
  }
}

let pointed = false;
root.addEventListener("pointerdown", () => (pointed = true));
root.addEventListener("keydown", () => (pointed = false));
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

// An order that has no form of its own on the page: a button of a list, an answer, a key.
function press(name, fields) {
  const form = document.createElement("form");
  form.action = root.dataset.do.replace("NAME", name);
  for (const [field, value] of Object.entries({ ...fields, csrfmiddlewaretoken: token(), idempotency_key: fresh() })) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = field;
    input.value = value;
    form.append(input);
  }
  return send(form);
}

root.addEventListener("submit", (event) => {
  if (event.target.hasAttribute("data-leaves") || event.defaultPrevented) return;
  event.preventDefault();
  send(event.target, event.submitter);
  if (pointed) event.submitter?.blur(); // so that the space bar stops the time again
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || "over" in root.dataset) return;
  if (event.target.closest?.(event.key === " " ? "input, select, textarea, button, a, summary, dialog[open]" : "input, select, textarea, dialog[open]")) return;
  const speed = event.key === " " ? (base.speed ? 0 : wanted) : config.speeds[Number(event.key)];
  if (speed === undefined || (event.key !== " " && !/^[1-6]$/.test(event.key))) return;
  if (!root.querySelector(`.drill-speeds button[value="${speed}"]`)) return;
  event.preventDefault();
  press("pace", { speed });
});

const waitingNow = (second) =>
  Object.entries(model.c).filter(([, who]) => who[0] === "q").map(([id, who]) => ({ id, who, waited: Math.max(0, second - who[3]) }));

let listed = "";
function listWaiting(again = false) {
  const second = secondNow();
  const box = find("waiting");
  const rows = waitingNow(second).sort((a, b) => (b.id === canvas.selected) - (a.id === canvas.selected) || b.waited - a.waited).slice(0, LISTED);
  const ids = rows.map((row) => row.id).join();
  if (!again && ids !== listed && box.contains(document.activeElement)) return;
  if (ids !== listed || again) {
    listed = ids;
    box.replaceChildren(...rows.map((row) => waitingRow(row)));
    if (!rows.length) box.append(Object.assign(document.createElement("li"), { className: "soft", textContent: words.none }));
  }
  rows.forEach((row, n) => {
    const item = box.children[n];
    if (!item) return;
    item.toggleAttribute("data-late", row.waited > 60 * config.tiers[row.who[2]][1]);
    item.querySelector("small").textContent = `${config.services[row.who[1]]} · ${config.tiers[row.who[2]][0]} · ${Math.floor(row.waited / 60)} ${words.min}`;
  });
}

function waitingRow({ id, who }) {
  const item = document.createElement("li");
  const name = Object.assign(document.createElement("span"), { className: "drill-ticket" });
  name.append(Object.assign(document.createElement("strong"), { textContent: who[4] }), document.createElement("small"));
  item.append(name);
  if ("over" in root.dataset) return item;
  for (const act of ["first", "divert"].filter((one) => may.has(one))) item.append(ticketButton(act, id, who[4]));
  const more = Object.assign(document.createElement("details"), { className: "drill-rest" });
  more.append(Object.assign(document.createElement("summary"), { textContent: words.more }));
  const rest = ["put-back", "flag", "call"].filter((one) => may.has(one));
  for (const act of rest) more.append(ticketButton(act, id, who[4]));
  if (rest.length) item.append(more);
  return item;
}

function ticketButton(act, ticket, number) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain", textContent: words[act] });
  button.setAttribute("aria-label", `${number} ${words[act]}`);
  button.addEventListener("click", () => {
    const counter = root.querySelector("select[name=counter]")?.value ?? config.windows[0];
    press(act, { ticket, ...(act === "flag" ? { vulnerable: 1 } : {}), ...(act === "call" ? { counter } : {}) });
  });
  return button;
}

const placeOf = (at) => (at >= 0 ? `${words.window} ${config.windows[at]}` : at === -2 ? words.lobby : at === -3 ? words.desk : words.back);

function texts(box, rows) {
  while (box.children.length < rows.length) box.append(document.createElement("li"));
  rows.forEach((text, n) => {
    if (box.children[n].textContent !== text) box.children[n].textContent = text;
  });
}

function refresh() {
  const second = secondNow();
  ahead.filter((one) => one.second <= second).forEach(note);
  ahead = ahead.filter((one) => one.second > second);
  const waits = waitingNow(second);
  const live = {
    ...numbers, waiting: waits.length, longest: Math.floor(Math.max(0, ...waits.map((one) => one.waited)) / 60),
    late: waits.filter((one) => one.waited > 60 * config.tiers[one.who[2]][1]).length,
  };
  for (const shown of root.querySelectorAll("[data-number]")) {
    const text = String(live[shown.dataset.number] ?? "–");
    if (shown.textContent !== text) shown.textContent = text;
  }
  find("clock").textContent = clockOf(second);
  find("past").style.inlineSize = `${share(second)}%`;
  if (second >= config.last && !("over" in root.dataset)) Object.assign(find("note"), { hidden: false, textContent: words.over });
  texts(find("windows"), config.windows.map((code, n) => {
    const [open, person, customer] = model.w[n] ?? [0, -1, -1];
    const who = person >= 0 ? config.staff[person][1] : open ? words.nobody : words.closed;
    return `${words.window} ${code} · ${who} · ${customer >= 0 ? model.c[customer]?.[4] ?? "" : open ? words.free : ""}`.replace(/ · $/, "");
  }));
  texts(find("staff"), config.staff.map(([, name], n) => {
    const [status, at, to] = model.s[n] ?? [0, -1, -1];
    if (status !== 1) return `${name} · ${status === 2 ? words.break : words.off}`;
    return `${name} · ${placeOf(at)}${to !== at ? ` → ${placeOf(to)} (${words.coming})` : ""}`;
  }));
  listWaiting();
  showQuestions(second);
  showErrands();
}

// What is to be done on the product's own pages: a link into the practice branch, and the press that has it looked at.
let errandsOpen = "";
function showErrands() {
  const keys = errands.map((one) => one.key).join();
  if (keys === errandsOpen) return;
  errandsOpen = keys;
  const box = find("errands");
  box.hidden = !errands.length;
  box.replaceChildren(...errands.map((one) => {
    const card = document.createElement("article");
    const text = (tag, words_, className = "") => card.appendChild(Object.assign(document.createElement(tag), { textContent: words_, className }));
    text("h2", one.title);
    text("p", one.text);
    text("p", words.sought, "mb-0");
    const list = card.appendChild(document.createElement("ul"));
    for (const check of one.checks) list.append(Object.assign(document.createElement("li"), { textContent: check }));
    text("p", `${words.latest.replace("{at}", clockOf(one.until))} ${words.once}`, "soft");
    const row = Object.assign(document.createElement("p"), { className: "drill-next" });
    if (one.address) {
      row.append(Object.assign(document.createElement("a"), { className: "btn btn-primary", href: one.address, target: "_blank", rel: "noopener", textContent: words.page }));
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain", textContent: words.found });
      button.addEventListener("click", () => press("hand-in", { inject: one.key }));
      row.append(button);
    } else row.append(Object.assign(document.createElement("span"), { className: "soft", textContent: words.players }));
    card.append(row);
    return card;
  }));
}

let open = "";
function showQuestions(second) {
  const box = find("questions");
  const due = questions.filter((one) => one.since <= second && second < one.until);
  const keys = due.map((one) => one.key).join();
  box.hidden = !due.length;
  if (keys === open) return;
  open = keys;
  box.replaceChildren(...due.map((one) => {
    const card = document.createElement("article");
    card.append(Object.assign(document.createElement("h2"), { textContent: one.title }));
    if (one.text) card.append(Object.assign(document.createElement("p"), { textContent: one.text }));
    card.append(Object.assign(document.createElement("p"), { className: "soft", textContent: `${words.until} ${clockOf(one.until)}` }));
    const row = Object.assign(document.createElement("p"), { className: "drill-next" });
    for (const [choice, text] of one.choices) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-primary", textContent: text });
      button.addEventListener("click", () => press("choose", { inject: one.key, choice }));
      row.append(button);
    }
    card.append(row);
    return card;
  }));
}

let drawn = performance.now();
function frame(now) {
  const second = secondNow();
  let changed = false;
  while (steps.length && steps[0][0] <= second) {
    const [, change] = steps.shift();
    changed = true;
    for (const part of ["c", "w", "s", "m"]) {
      for (const [key, value] of Object.entries(change[part] ?? {})) {
        if (typeof value === "string") {
          canvas.gone(key, value, now);
          delete model[part][key];
        } else model[part][key] = value;
      }
    }
    if (change.n) numbers = change.n;
  }
  if (changed) canvas.dirty = true;
  canvas.draw(model, second, now, Math.min(100, now - drawn));
  drawn = now;
  requestAnimationFrame(frame);
}

load(JSON.parse(root.dataset.begun));
requestAnimationFrame(frame);
setInterval(refresh, 400);
if (!("over" in root.dataset)) setInterval(ask, POLL);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => canvas.measure());
new MutationObserver(() => canvas.measure()).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
