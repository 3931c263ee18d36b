// Asks the server what an unsaved change would do. The newest question counts: an older one under way is cancelled and
// its answer dropped. A quick answer (few simulated days) comes first, the full one when the hand rests.
const PAUSE = 90;
const LONGEST = 15000;

export function asker({ url, answered, told }) {
  let waiting = 0;
  let number = 0;
  let running = null;

  function cancel() {
    clearTimeout(waiting);
    running?.abort();
    running = null;
    number += 1;
  }

  function ask(question) {
    cancel();
    told("asking");
    waiting = setTimeout(run, PAUSE, question, number);
  }

  async function run(question, mine) {
    try {
      for (const days of ["?quick", ""]) {
        const answer = await post(url + days, question);
        if (mine !== number) return;
        if (answer.error) return told("refused", answer.error);
        answered(answer, days === "");
        told(days ? "refining" : "");
      }
    } catch (broken) {
      if (mine === number) told(navigator.onLine && broken.name !== "TimeoutError" ? "failed" : "offline");
    }
  }

  async function post(address, question) {
    const own = new AbortController();
    running = own;
    const timer = setTimeout(() => own.abort(new DOMException("", "TimeoutError")), LONGEST);
    try {
      const headers = { "Content-Type": "application/json", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") };
      const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(question), credentials: "same-origin", signal: own.signal });
      return await answer.json();
    } finally {
      clearTimeout(timer);
    }
  }

  // The first answer of a server loads the simulation: asked for once with nothing changed, and nobody waits for it.
  function warm(question) {
    post(`${url}?quick`, question).catch(() => {});
  }

  return { ask, cancel, warm };
}
