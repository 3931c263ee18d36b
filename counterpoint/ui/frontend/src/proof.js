// Proof of work of a public form: finds a number whose SHA-256 with the form's challenge begins with enough zero bits.
// Own code, so that it works without a secure context too; small steps, so that typing never stutters.
const K = new Uint32Array(64);
const H = new Uint32Array(8);
for (let found = 0, number = 2; found < 64; number++) {
  let prime = true;
  for (let d = 2; d * d <= number && prime; d++) prime = number % d !== 0;
  if (!prime) continue;
  if (found < 8) H[found] = (Math.sqrt(number) % 1) * 2 ** 32;
  K[found++] = (Math.cbrt(number) % 1) * 2 ** 32;
}

// The first word of SHA-256 of ASCII text is enough: no form asks for more than 32 bits.
export function firstWord(text) {
  const length = text.length;
  const words = new Uint32Array(((length + 72) >>> 6) << 4);
  for (let i = 0; i < length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8);
  words[length >> 2] |= 0x80 << (24 - (length & 3) * 8);
  words[words.length - 1] = length * 8;
  const state = Uint32Array.from(H);
  const w = new Uint32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  for (let at = 0; at < words.length; at += 16) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) w[i] = words[at + i];
      else {
        const a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
      }
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] += value));
  }
  return state[0];
}

export function solve(challenge, bits, from, count) {
  const limit = 2 ** (32 - bits);
  for (let answer = from; answer < from + count; answer++) if (firstWord(`${challenge}:${answer}`) < limit) return answer;
  return null;
}

// <form data-proof data-bits="16"> with fields "challenge" and "answer"; its buttons wait for the answer.
function prepare(form) {
  const { challenge, answer } = form.elements;
  const buttons = form.querySelectorAll("[type=submit]");
  const status = form.querySelector("[data-proof-state]");
  let next = 0;
  const step = () => {
    const found = solve(challenge.value, Number(form.dataset.bits), next, 2000);
    next += 2000;
    if (found === null) return setTimeout(step);
    answer.value = found;
    buttons.forEach((button) => (button.disabled = false));
    if (status) status.hidden = true;
  };
  buttons.forEach((button) => (button.disabled = true));
  if (status) status.hidden = false;
  setTimeout(step);
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
}

if (typeof document !== "undefined") document.querySelectorAll("form[data-proof]").forEach(prepare);
