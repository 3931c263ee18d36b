// The exam's page. An answer goes to the device first (●), then to the server until it is acknowledged (✓); the clock is
// the server's. Nothing here decides anything: time, order and what counts are judged by the server.
import { openStore } from "./exam-store.js";

const root = document.getElementById("exam");
const words = JSON.parse(document.getElementById("exam-words").textContent);
const { sitting, base, over } = root.dataset;
const PAUSES = [1000, 2000, 4000, 8000, 15000];
const find = (name) => root.querySelector(`[data-${name}]`);
const say = (key, n = "") => (words[key] ?? key).replace("{n}", n);

const exam = {
  token: "", questions: [], answers: new Map(), unsaved: new Map(), seq: 0, at: 0, adapts: false, more: true,
  shift: 0, deadline: 0, closes: 0, live: false, stuck: "", failures: 0, ended: false,
};
let store;
let timer;
let pumping = false;

class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function press(what, fields = {}, options = {}) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", root.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("token", exam.token);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  const answer = await fetch(`${base}/${what}`, { method: "POST", body, signal: AbortSignal.timeout(15000), ...options });
  const isJson = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
  if (answer.redirected || answer.status === 401 || answer.status === 403 || (answer.ok && !isJson)) {
    throw new Refused(401, "signed_out", "");
  }
  if (!isJson) throw new TypeError(`no answer (${answer.status})`);
  const told = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, told.code, told.message);
  if (told.now) {
    exam.shift = told.now - Date.now();
    exam.deadline = told.deadline ?? exam.deadline;
    exam.closes = told.closes ?? exam.closes;
  }
  return told;
}

// Saving ---------------------------------------------------------------------------------------------------------------

async function answer(slot, value) {
  if (!exam.live || exam.ended) return;
  const row = { sitting, slot, seq: ++exam.seq, value };
  exam.answers.set(slot, value);
  exam.unsaved.set(slot, row);
  showStates();
  try {
    await store.put(row);
  } catch {
    store.keeps = false; // the device is full: say so, and go on sending
  }
  pump();
}

async function pump() {
  if (pumping || !exam.live) return;
  pumping = true;
  clearTimeout(timer);
  try {
    if (exam.stuck === "signed_out") await signedInAgain();
    while (exam.unsaved.size && exam.live) {
      const row = exam.unsaved.values().next().value;
      await send(row);
      exam.failures = 0;
      exam.stuck = "";
    }
  } catch (wrong) {
    exam.stuck = wrong instanceof Refused && wrong.code === "signed_out" ? "signed_out" : "offline";
    timer = setTimeout(pump, PAUSES[Math.min(exam.failures++, PAUSES.length - 1)]);
  } finally {
    pumping = false;
    showStates();
  }
}

// Whoever signs in again in another tab has another form token: the page takes the new one and goes on.
async function signedInAgain() {
  const answer = await fetch(base, { signal: AbortSignal.timeout(15000) });
  if (answer.redirected || !answer.ok) throw new Refused(401, "signed_out", "");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#exam [name=csrfmiddlewaretoken]");
  if (!fresh) throw new Refused(401, "signed_out", "");
  root.querySelector("[name=csrfmiddlewaretoken]").value = fresh.value;
}

async function send(row) {
  try {
    const told = await press("save", { slot: row.slot, seq: row.seq, value: JSON.stringify(row.value) });
    if (told.acked === row.seq) await settled(row);
  } catch (wrong) {
    if (!(wrong instanceof Refused) || wrong.code === "signed_out") throw wrong;
    if (wrong.code === "elsewhere") return elsewhere();
    if (wrong.code === "sitting_over") return ended();
    if (wrong.code === "conflict") return again(row);
    if (wrong.status >= 500) throw wrong;
    await settled(row); // what the server will never take: it says why
    tell(wrong.message);
  }
}

async function settled(row) {
  if (exam.unsaved.get(row.slot)?.seq === row.seq) exam.unsaved.delete(row.slot);
  await store.drop(row).catch(() => {});
  showStates();
}

async function again(row) {
  if (exam.unsaved.get(row.slot)?.seq !== row.seq) return;
  const fresh = { ...row, seq: ++exam.seq };
  exam.unsaved.set(row.slot, fresh);
  await store.put(fresh).catch(() => {});
}

function farewell() {
  for (const row of exam.unsaved.values()) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", root.querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("token", exam.token);
    body.set("slot", row.slot);
    body.set("seq", row.seq);
    body.set("value", JSON.stringify(row.value));
    navigator.sendBeacon(`${base}/save`, body);
  }
}

// Coming in ------------------------------------------------------------------------------------------------------------

async function enter() {
  store ??= await openStore();
  let told;
  try {
    told = await press("enter");
  } catch (wrong) {
    exam.stuck = wrong instanceof Refused && wrong.code === "signed_out" ? "signed_out" : "offline";
    showStates();
    setTimeout(enter, PAUSES[Math.min(exam.failures++, PAUSES.length - 1)]);
    return;
  }
  if (told.state !== "open") return ended();
  Object.assign(exam, { token: told.token, adapts: told.adapts, live: true, stuck: "", failures: 0 });
  await merge(told);
  exam.at = Math.max(0, exam.questions.findIndex((one) => !given(one.slot)));
  root.dataset.ready = "";
  find("hand-in").disabled = false;
  tell("");
  show();
  pump();
}

async function merge(told) {
  exam.questions = told.questions;
  for (const [slot, held] of Object.entries(told.answers)) exam.answers.set(Number(slot), held.value);
  const kept = await store.all(sitting).catch(() => []);
  exam.seq = Math.max(told.seq, exam.seq, ...kept.map((one) => one.seq));
  for (const row of kept) {
    const held = told.answers[row.slot];
    if (row.slot > told.questions.length || (held && held.seq >= row.seq && same(held.value, row.value))) {
      await store.drop(row).catch(() => {});
    } else {
      const fresh = held && held.seq >= row.seq ? { ...row, seq: ++exam.seq } : row;
      exam.unsaved.set(row.slot, fresh);
      exam.answers.set(row.slot, row.value);
    }
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const given = (slot) => (exam.answers.get(slot) ?? []).length > 0;

function elsewhere() {
  exam.live = false;
  tell(say("elsewhere"), true);
  show();
}

function ended() {
  exam.live = false;
  exam.ended = true;
  location.assign(over);
}

// Showing --------------------------------------------------------------------------------------------------------------

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function tell(text, reload = false) {
  find("told").hidden = !text;
  find("told-text").textContent = text;
  find("reload").hidden = !reload;
  find("sign-in-link").hidden = exam.stuck !== "signed_out";
}

function show() {
  const one = exam.questions[exam.at];
  if (!one) return;
  const body = element("div", { class: "block-body" });
  body.append(
    element("p", { class: "exam-where" }, `${exam.at + 1} / ${exam.questions.length}${one.section ? ` · ${one.section}` : ""}`),
    element("h2", { id: "exam-stem" }, one.form === "gone" ? say("gone") : one.stem),
  );
  const locked = !exam.live || one.final;
  const drawn = { number: number, order: order, gone: () => "" }[one.form] ?? options;
  body.append(drawn(one, locked));
  if (one.final) body.append(element("p", { class: "exam-state" }, say("final")));
  body.append(element("p", { class: "exam-state", "data-state-line": true }));
  find("question").replaceChildren(body);
  showStates();
}

function options(one, locked) {
  const many = one.form === "several";
  const chosen = new Set(exam.answers.get(one.slot) ?? []);
  const box = element("fieldset", { class: "exam-options", "aria-labelledby": "exam-stem" });
  box.append(element("legend", { class: "visually-hidden" }, say(many ? "choose_all" : "choose_one")));
  one.options.forEach((text, index) => {
    const input = element("input", {
      class: "form-check-input", type: many ? "checkbox" : "radio", name: "answer", value: index + 1, disabled: locked,
      checked: chosen.has(index + 1),
    });
    input.addEventListener("change", () => {
      const value = [...box.querySelectorAll("input:checked")].map((item) => Number(item.value));
      answer(one.slot, value);
    });
    box.append(element("label", { class: "exam-option" }, element("span", { class: "exam-key" }, String(index + 1)), input, element("span", {}, text)));
  });
  if (many) box.prepend(element("p", { class: "soft mb-0" }, say("choose_all")));
  return box;
}

function number(one, locked) {
  const box = element("div", { class: "field exam-options" });
  const input = element("input", {
    class: "form-control question-number-field", id: "exam-number", inputmode: "decimal", autocomplete: "off",
    maxlength: 40, disabled: locked, value: exam.answers.get(one.slot)?.[0] ?? "",
  });
  let waiting;
  const keep = () => {
    clearTimeout(waiting);
    const text = input.value.trim();
    if (!same(exam.answers.get(one.slot) ?? [], text ? [text] : [])) answer(one.slot, text ? [text] : []);
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 500);
  });
  input.addEventListener("change", keep);
  input.addEventListener("paste", () => sign("pasted"));
  box.append(element("label", { for: "exam-number" }, `${say("number")}${one.unit ? ` (${one.unit})` : ""}`), input);
  return box;
}

function order(one, locked) {
  const box = element("fieldset", { class: "exam-options" });
  box.append(element("legend", {}, say("order")));
  const held = exam.answers.get(one.slot) ?? [];
  const selects = one.options.map((text, index) => {
    const select = element("select", { class: "form-select", id: `place-${index}`, disabled: locked });
    select.append(element("option", { value: "" }, "–"));
    one.options.forEach((_, place) => {
      select.append(element("option", { value: place + 1, selected: held.indexOf(index + 1) === place }, String(place + 1)));
    });
    box.append(element("div", { class: "order-row" }, element("label", { for: `place-${index}` }, text), select));
    return select;
  });
  box.addEventListener("change", () => {
    const places = selects.map((one) => Number(one.value));
    if (new Set(places).size !== places.length || places.includes(0)) return;
    answer(one.slot, places.map((_, n) => places.indexOf(n + 1) + 1));
  });
  return box;
}

function showStates() {
  const count = exam.unsaved.size;
  const kept = find("kept");
  if (exam.questions.length) {
    kept.textContent = count ? `● ${say("some_unsaved", count)}` : `✓ ${say("all_saved")}`;
    kept.dataset.level = count ? "watch" : "fine";
    kept.dataset.unsaved = count;
  }
  if (exam.live || !exam.questions.length) {
    const trouble = exam.stuck ? say(exam.stuck) : store && !store.keeps ? say("memory") : "";
    tell(trouble);
  }
  const line = find("question").querySelector("[data-state-line]");
  const one = exam.questions[exam.at];
  if (line && one) {
    const state = stateOf(one.slot);
    line.textContent = state === "open" ? "" : `${state === "saved" ? "✓" : "●"} ${say(state)}`;
    line.toggleAttribute("data-saved", state === "saved");
  }
  showMap();
  const last = exam.at === exam.questions.length - 1;
  find("back").disabled = exam.at === 0;
  find("on").disabled = last && !(exam.adapts && exam.more);
  find("on").firstChild.textContent = say("next");
}

const stateOf = (slot) => (exam.unsaved.has(slot) ? "unsaved" : given(slot) ? "saved" : "open");

function showMap() {
  const cells = exam.questions.map((one, index) => {
    const state = stateOf(one.slot);
    const mark = { unsaved: " ●", saved: " ✓", open: "" }[state];
    const cell = element("button", {
      type: "button", "data-state": state, "aria-label": say("question_state", index + 1).replace("{state}", say(state)),
      "aria-current": index === exam.at ? "step" : null,
    }, `${index + 1}${mark}`);
    cell.addEventListener("click", () => go(index));
    return cell;
  });
  find("map").replaceChildren(...cells);
}

function go(index) {
  if (index < 0 || index >= exam.questions.length) return;
  exam.at = index;
  show();
}

async function on() {
  if (exam.at < exam.questions.length - 1) return go(exam.at + 1);
  if (!exam.adapts || !exam.more || !exam.live) return;
  const known = exam.questions.length;
  await pump();
  try {
    if (exam.unsaved.size) throw new TypeError("not saved yet");
    const told = await press("next", { known });
    if (told.state !== "open") return ended();
    exam.questions = told.questions;
    exam.more = told.questions.length > known;
    if (exam.more) go(known);
    else {
      showStates();
      tell(say("none_left"));
    }
  } catch (wrong) {
    if (wrong instanceof Refused && wrong.code === "elsewhere") return elsewhere();
    if (wrong instanceof Refused && wrong.code === "sitting_over") return ended();
    tell(wrong instanceof Refused && wrong.message ? wrong.message : say("wait"));
  }
}

// Time -----------------------------------------------------------------------------------------------------------------

function tick() {
  if (!exam.deadline) return;
  const left = Math.max(0, Math.round((exam.deadline - (Date.now() + exam.shift)) / 1000));
  find("clock").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  find("clock").parentElement.dataset.level = left <= 60 ? "act" : left <= 300 ? "watch" : "";
  if (left === 0 && exam.live && !exam.ended) finish();
}

async function finish() {
  exam.ended = true;
  tell(say("time_up"));
  await pump();
  try {
    await press("submit");
    location.assign(over);
  } catch (wrong) {
    if (wrong instanceof Refused && wrong.code !== "signed_out") return location.assign(over);
    exam.ended = false; // without a network: what is kept goes on being sent; the server hands in by itself
  }
}

async function look() {
  if (!exam.token || exam.ended) return;
  try {
    if (exam.stuck === "signed_out") await signedInAgain();
    const told = await press("look");
    if (told.state !== "open") return ended();
    if (!told.live && exam.live) elsewhere();
    if (exam.live && exam.stuck && !exam.unsaved.size) {
      exam.stuck = "";
      showStates();
    }
  } catch (wrong) {
    exam.stuck = wrong instanceof Refused && wrong.code === "signed_out" ? "signed_out" : "offline";
    if (exam.live) showStates();
  }
}

function sign(kind) {
  if (!exam.live) return;
  press("sign", { kind, slot: exam.questions[exam.at]?.slot ?? 0 }, { keepalive: true }).catch(() => {});
}

// Keys and buttons -----------------------------------------------------------------------------------------------------

function key(event) {
  const target = event.target;
  const typing = target instanceof HTMLElement && (target.matches("select, textarea") || (target.matches("input") && target.type !== "radio" && target.type !== "checkbox"));
  if (typing || event.ctrlKey || event.altKey || event.metaKey || find("dialog").open) return;
  if (event.key === "ArrowLeft") go(exam.at - 1);
  else if (event.key === "ArrowRight") on();
  else if (/^[1-9]$/.test(event.key)) find("question").querySelectorAll(".exam-option input")[Number(event.key) - 1]?.click();
  else return;
  event.preventDefault();
}

function ask() {
  const open = exam.questions.filter((one) => !given(one.slot)).length;
  find("dialog-text").textContent = exam.unsaved.size
    ? say("hand_in_unsaved")
    : open ? say("hand_in_open", open) : say("hand_in_all");
  find("sure").disabled = exam.unsaved.size > 0;
  find("dialog").showModal();
}

async function handIn() {
  find("dialog").close();
  try {
    await press("submit");
    ended();
  } catch (wrong) {
    if (wrong instanceof Refused && wrong.code === "elsewhere") return elsewhere();
    tell(wrong instanceof Refused && wrong.message ? wrong.message : say("hand_in_unsaved"));
  }
}

find("back").addEventListener("click", () => go(exam.at - 1));
find("on").addEventListener("click", on);
find("hand-in").addEventListener("click", ask);
find("sure").addEventListener("click", handIn);
find("not-yet").addEventListener("click", () => find("dialog").close());
find("reload").addEventListener("click", () => location.reload());
find("sign-in-link").href = root.dataset.signIn;
document.addEventListener("keydown", key);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    farewell();
    sign("away");
  } else {
    sign("back");
    pump();
    look();
  }
});
addEventListener("pagehide", farewell);
addEventListener("online", () => {
  pump();
  look();
});
addEventListener("offline", () => {
  exam.stuck = "offline";
  if (exam.live) showStates();
});
setInterval(tick, 500);
setInterval(look, 20000);
enter();
