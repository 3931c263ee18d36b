/* What an answer is worth, from 0 to 1; the same rules as in the product. No page, no network: tested alone. */

const number = (text) => {
  const plain = String(text ?? "").normalize("NFKC").replaceAll(/[,，\s]/g, "").replace(/%$/, "");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
};

const ordered = (right, given) => {
  if (right.toSorted().join("\n") !== given.toSorted().join("\n")) return 0;
  let hits = 0;
  let pairs = 0;
  for (let i = 0; i < right.length; i += 1) {
    for (let j = i + 1; j < right.length; j += 1) {
      pairs += 1;
      if (given.indexOf(right[i]) < given.indexOf(right[j])) hits += 1;
    }
  }
  return pairs ? hits / pairs : 1;
};

export const worth = (question, given) => {
  if (!given.length) return 0;
  if (question.form === "number") {
    const typed = number(given[0]);
    return typed !== null && Math.abs(typed - Number(question.right[0])) <= question.tolerance + 1e-9 ? 1 : 0;
  }
  if (question.form === "several") {
    const right = new Set(question.right);
    const hits = new Set(given.filter((one) => right.has(one))).size;
    const wrong = new Set(given.filter((one) => !right.has(one))).size;
    return Math.max(0, (hits - wrong) / right.size);
  }
  if (question.form === "order") return ordered(question.right, given);
  return given.length === 1 && given[0] === question.right[0] ? 1 : 0;
};

/* How far the lesson is: how many are answered, the share answered in full, whether that is enough. */
export const standing = (questions, scores, least) => {
  const answered = questions.filter((one) => one.key in scores).length;
  const full = questions.filter((one) => (scores[one.key] ?? 0) >= 1).length;
  const share = questions.length ? full / questions.length : 0;
  return { answered, full, share, done: answered === questions.length, passed: answered === questions.length && share >= least };
};
