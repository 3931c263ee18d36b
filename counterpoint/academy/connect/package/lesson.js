/* The page of a packed lesson: answers, reasons, how far it is; the learning system keeps the rest. */
import { runtime } from "./runtime.js";
import { standing, worth } from "./score.js";

const data = JSON.parse(document.getElementById("lesson-data").textContent);
const byKey = new Map(data.questions.map((one) => [one.key, one]));
const kept = runtime();
const began = Date.now();
let state = { answers: {}, scores: {}, count: 0, told: [] };
let over = false;

const given = (form, question) => {
  if (question.form === "number") return [form.elements.answer.value.trim()].filter(Boolean);
  if (question.form === "order") {
    const places = [...form.querySelectorAll("select")].map((one) => [Number(one.value), one.dataset.slug]);
    return places.some(([place]) => !place) ? [] : places.toSorted((a, b) => a[0] - b[0]).map(([, slug]) => slug);
  }
  return [...form.querySelectorAll("input:checked")].map((one) => one.value);
};

const show = (question) => {
  const article = document.getElementById(question.key);
  const score = state.scores[question.key];
  article.dataset.score = score >= 1 ? "full" : score > 0 ? "part" : "none";
  article.querySelector(".verdict").textContent = data.words[article.dataset.score];
  article.querySelector(".reasons").hidden = false;
};

const far = () => {
  const now = standing(data.questions, state.scores, data.least);
  document.getElementById("far").textContent = data.words.far
    .replace("{answered}", now.answered).replace("{all}", data.questions.length).replace("{full}", now.full);
  document.getElementById("outcome").textContent = now.done ? (now.passed ? data.words.passed : data.words.failed) : "";
  return now;
};

const answer = (event) => {
  event.preventDefault();
  const question = byKey.get(event.target.dataset.key);
  const chosen = given(event.target, question);
  if (!chosen.length) return;
  const score = worth(question, chosen);
  state.answers[question.key] = chosen;
  state.scores[question.key] = score;
  kept.answered(question, chosen, score, state.count);
  state.count += 1;
  show(question);
  kept.result(far(), state.told);
  kept.keep(JSON.stringify(state));
};

const leave = (pressed) => {
  if (over) return;
  over = true;
  kept.end((Date.now() - began) / 1000, pressed);
};

const begin = async () => {
  try {
    const found = await kept.start();
    if (found) state = JSON.parse(found);
  } catch {
    document.getElementById("unkept").hidden = false;
  }
  if (kept.alone) document.getElementById("unkept").hidden = false;
  for (const form of document.querySelectorAll("form[data-key]")) form.addEventListener("submit", answer);
  for (const key of Object.keys(state.scores)) if (byKey.has(key)) show(byKey.get(key));
  far();
  document.getElementById("leave").addEventListener("click", () => leave(true));
  window.addEventListener("pagehide", () => leave(false));
  document.documentElement.dataset.ready = "";
};

begin();
