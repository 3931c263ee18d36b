// A round on the phone: one section a screen, large targets, every press kept at once.
import { h } from "./dom.js";
import { capture, sha256 } from "./outbox.js";
import { pad } from "./pad.js";
import { smaller, takenAt } from "./picture.js";
import { answered, bad, choices as machines, items, manifest, missing, needsPicture, of, progress } from "./state.js";

export function walk(app, round, place) {
  const { words } = app;
  const sections = round.definition.sections;
  const last = place >= sections.length;
  const { done, all } = progress(round);
  const go = (to) => app.show({ view: "round", ref: round.ref, place: to });
  return h(
    "section",
    { class: "walk", dataset: { round: round.ref, place } },
    h("div", { class: "walk-head" },
      h("h1", {}, round.definition.name, round.asset ? h("small", {}, ` ${round.asset}`) : null),
      h("progress", { max: all || 1, value: done, "aria-label": words.progress }),
      h("p", { class: "soft" }, app.word("answered_of", { done, all }), " · ", last ? words.review : `${place + 1}/${sections.length} ${sections[place].name}`)),
    last ? review(app, round, go) : h("div", { class: "questions" }, sections[place].items.map((item) => question(app, round, item))),
    h("div", { class: "walk-foot" },
      h("button", { class: "btn btn-plain", type: "button", onclick: () => (place ? go(place - 1) : app.show({ view: "list" })) }, words.back),
      last ? null : h("button", { class: "btn btn-primary", type: "button", dataset: { next: "" }, onclick: () => go(place + 1) }, words.next)),
  );
}

async function put(app, round, item, value, files, photos = [], more = {}) {
  const base = round.answers[item.slug]?.entry ?? "";
  await app.keep(() => capture({ kind: "answer", round: round.ref, item: item.slug, value, files, base, ...more }, photos));
}

function question(app, round, item) {
  const { words } = app;
  const answer = round.answers[item.slug];
  const wrong = bad(item, answer?.value, app.today());
  const files = answer?.files ?? [];
  const keep = (value, more = {}) => put(app, round, item, value, value === null ? [] : files, [], more);
  const picture = async (blob, taken = "") => {
    const digest = await sha256(await blob.arrayBuffer());
    const kept = item.kind === "signature" ? [digest] : [...new Set([...files, digest])];
    await put(app, round, item, answered(answer) ? answer.value : "", kept, [{ digest, blob, taken }]);
  };
  return h(
    "fieldset",
    { class: `question${wrong ? " wrong" : ""}`, dataset: { item: item.slug } },
    h("legend", {}, item.name, item.critical ? h("span", { class: "mark" }, words.critical) : null, wrong ? h("span", { class: "mark act" }, words.not_in_order) : null, item.required ? null : h("span", { class: "soft" }, ` ${words.optional}`)),
    item.hint ? h("p", { class: "soft" }, item.hint) : null,
    inputs(app, item, answer, keep, picture),
    which(app, round, item),
    pictures(app, item, answer, picture),
    answer?.contested ? h("p", { class: "told" }, words.contested) : null,
    answered(answer) ? h("button", { class: "btn btn-quiet", type: "button", dataset: { clear: "" }, onclick: () => keep(null) }, words.take_back) : null,
  );
}

// Which of several machines is not in order, where no label was scanned.
function which(app, round, item) {
  const alike = machines(round, item, app.today());
  if (!alike.length) return null;
  const slug = of(item);
  const named = round.answers[slug]?.value ?? null;
  const names = app.work?.names ?? {};
  const press = (code) => () => put(app, round, { slug }, named === code ? null : code, []);
  return h("div", { dataset: { of: item.slug } },
    h("p", { class: "told" }, app.words.which_one),
    h("div", { class: "choices-row" }, alike.map((code) =>
      h("button", { type: "button", class: "choice-key", dataset: { value: code }, "aria-pressed": String(named === code), onclick: press(code) }, names[code] ? `${names[code]} ${code}` : code))));
}

const INPUTS = {
  yes_no: (app, item, answer, keep) => choices(app, item, answer, keep, [["yes", app.words.yes], ["no", app.words.no]]),
  choice: (app, item, answer, keep) => choices(app, item, answer, keep, item.choices.map((one) => [one.slug, one.name])),
  number: (app, item, answer, keep) => field(app, item, answer, keep, { type: "number", step: "any", inputmode: "decimal" }, Number),
  date: (app, item, answer, keep) => field(app, item, answer, keep, { type: "date" }, String),
  text: (app, item, answer, keep) => field(app, item, answer, keep, { type: "text", maxlength: 2000 }, String),
  scan: (app, item, answer, keep) => scanner(app, item, answer, keep),
  place: (app, item, answer, keep) => where(app, item, answer, keep),
  photo: (app, item, answer, keep) => (item.na ? choices(app, item, answer, keep, []) : null),
  signature: (app, item, answer, keep, picture) => (answered(answer) ? h("p", { class: "kept" }, app.words.signed) : pad(app.words, picture)),
};

const inputs = (app, item, answer, keep, picture) => INPUTS[item.kind]?.(app, item, answer, keep, picture) ?? null;

function choices(app, item, answer, keep, options) {
  const all = item.na ? [...options, ["na", app.words.not_applicable]] : options;
  const press = (value) => () => keep(answer?.value === value ? null : value);
  return h("div", { class: "choices-row" }, all.map(([value, name]) =>
    h("button", { type: "button", class: "choice-key", dataset: { value }, "aria-pressed": String(answer?.value === value), onclick: press(value) }, name)));
}

function field(app, item, answer, keep, attributes, read) {
  const save = (event) => {
    const text = event.target.value.trim();
    const value = text === "" ? null : read(text);
    if (value !== (answer?.value ?? null) && !Number.isNaN(value)) keep(value);
  };
  return h("div", { class: "field-row" },
    h("input", { class: "form-control", ...attributes, value: answered(answer) && answer.value !== "na" ? answer.value : "", "aria-label": item.name, onchange: save }),
    item.unit ? h("span", { class: "soft" }, item.unit) : null,
    item.min !== null || item.max !== null ? h("span", { class: "soft" }, `${item.min ?? ""} – ${item.max ?? ""}`) : null,
    item.na ? h("button", { type: "button", class: "choice-key slim", dataset: { value: "na" }, "aria-pressed": String(answer?.value === "na"), onclick: () => keep(answer?.value === "na" ? null : "na") }, app.words.not_applicable) : null);
}

function scanner(app, item, answer, keep) {
  const frame = h("div", { class: "camera" });
  const typed = (value) => keep(value, value === null || value === "na" ? {} : { how: "typed" }); // the server is told which
  const look = async () => {
    const scan = await app.scanner();
    const code = await scan.watch(frame, app.words);
    if (code) await keep(code, { how: "scanned" });
    else if (code === null) frame.replaceChildren(h("p", { class: "told" }, app.words.no_camera));
  };
  return h("div", {}, h("button", { class: "btn btn-primary", type: "button", dataset: { scan: "" }, onclick: look }, app.words.scan_code), frame, field(app, item, answer, typed, { type: "text", placeholder: app.words.type_code }, String));
}

function where(app, item, answer, keep) {
  const known = answered(answer) && answer.value !== "na";
  const rough = known && answer.value.accuracy > item.radius;
  const told = h("p", { class: rough ? "told" : "soft" }, known ? `${app.word("place_known", { metres: answer.value.accuracy })}${rough ? ` ${app.words.place_rough}` : ""}` : "");
  const find = () =>
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => keep({ lat: coords.latitude, lon: coords.longitude, accuracy: Math.round(coords.accuracy) }),
      () => (told.textContent = app.words.no_place),
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  return h("div", {}, h("button", { class: "btn btn-plain", type: "button", onclick: find }, app.words.find_place), told);
}

function pictures(app, item, answer, picture) {
  const wanted = item.kind === "photo" || (item.kind !== "signature" && answered(answer) && answer.value !== "na" && (item.evidence !== "none" || answer.files.length));
  const shown = (answer?.files ?? []).map((digest) => {
    const blob = app.blobs.get(digest);
    return blob ? h("img", { class: "thumb", src: app.address(blob), alt: item.name }) : h("span", { class: "thumb sent" }, app.words.photo_sent);
  });
  if (!wanted) return shown.length ? h("div", { class: "thumbs" }, shown) : null;
  const take = async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    try {
      await picture(await smaller(file), await takenAt(file));
    } catch {
      app.complain(app.words.bad_photo);
    }
  };
  const asks = needsPicture(item, answer, app.today());
  return h("div", { class: "thumbs" }, shown,
    h("label", { class: `btn ${asks || item.kind === "photo" ? "btn-primary" : "btn-plain"} shoot` }, app.words.take_photo, h("input", { type: "file", accept: "image/*", capture: "environment", class: "visually-hidden", onchange: take })),
    asks ? h("span", { class: "told" }, app.words.photo_needed) : null);
}

function review(app, round, go) {
  const { words } = app;
  const left = missing(round, app.today());
  const place = (item) => round.definition.sections.findIndex((section) => section.items.includes(item));
  const hand = () => app.keep(async () => {
    await capture({ kind: "submit", round: round.ref, ...manifest(round) });
    app.show({ view: "list" });
  });
  const failed = items(round).filter((item) => bad(item, round.answers[item.slug]?.value, app.today()));
  return h("div", { class: "review" },
    left.length ? h("div", { class: "note", dataset: { level: "watch" } }, h("div", {}, h("p", {}, app.word("still_missing", { count: left.length })), h("ul", {}, left.map((item) => h("li", {}, h("button", { class: "btn btn-quiet", type: "button", onclick: () => go(place(item)) }, item.name)))))) : null,
    failed.length ? h("div", { class: "note", dataset: { level: "act" } }, h("div", {}, h("p", {}, words.failed_items), h("ul", {}, failed.map((item) => h("li", {}, item.name))))) : null,
    h("button", { class: "btn btn-primary big", type: "button", dataset: { submit: "" }, disabled: left.length > 0, onclick: hand }, words.hand_in));
}
