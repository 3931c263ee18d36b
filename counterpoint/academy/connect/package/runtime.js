/* What the learning system behind the page understands: SCORM 1.2, SCORM 2004, cmi5, or nothing at all.

Each runtime has start() -> the kept state or null, keep(state), answered(question, given, score, number),
result(standing, told), and end(seconds, pressed). */

const find = (name) => {
  for (const start of [window, window.opener]) {
    let at = start;
    for (let up = 0; at && up < 10; up += 1) {
      try {
        if (at[name]) return at[name];
      } catch {
        break; // another site's frame
      }
      if (at === at.parent) break;
      at = at.parent;
    }
  }
  return null;
};

const TYPES = { single: "choice", rule: "choice", several: "choice", order: "sequencing", number: "numeric" };

const scorm12 = (api) => {
  const set = (name, value) => api.LMSSetValue(name, String(value));
  return {
    start() {
      api.LMSInitialize("");
      if (["", "not attempted"].includes(api.LMSGetValue("cmi.core.lesson_status"))) set("cmi.core.lesson_status", "incomplete");
      return api.LMSGetValue("cmi.suspend_data") || null;
    },
    keep: (state) => set("cmi.suspend_data", state),
    answered(question, given, score, number) {
      const at = `cmi.interactions.${number}`;
      set(`${at}.id`, question.key);
      set(`${at}.type`, TYPES[question.form]);
      set(`${at}.student_response`, given.join(","));
      set(`${at}.result`, score >= 1 ? "correct" : "wrong");
    },
    result(standing) {
      set("cmi.core.score.min", 0);
      set("cmi.core.score.max", 100);
      set("cmi.core.score.raw", Math.round(standing.share * 100));
      if (standing.done) set("cmi.core.lesson_status", standing.passed ? "passed" : "failed");
      api.LMSCommit("");
    },
    end(seconds) {
      const two = (n) => String(Math.floor(n)).padStart(2, "0");
      set("cmi.core.session_time", `${two(seconds / 3600).padStart(4, "0")}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`);
      set("cmi.core.exit", "suspend");
      api.LMSCommit("");
      api.LMSFinish("");
    },
  };
};

const scorm2004 = (api) => {
  const set = (name, value) => api.SetValue(name, String(value));
  return {
    start() {
      api.Initialize("");
      if (["", "unknown", "not attempted"].includes(api.GetValue("cmi.completion_status"))) set("cmi.completion_status", "incomplete");
      return api.GetValue("cmi.suspend_data") || null;
    },
    keep: (state) => set("cmi.suspend_data", state),
    answered(question, given, score, number) {
      const at = `cmi.interactions.${number}`;
      set(`${at}.id`, question.key);
      set(`${at}.type`, TYPES[question.form]);
      set(`${at}.timestamp`, new Date().toISOString().slice(0, 19));
      set(`${at}.learner_response`, given.join("[,]"));
      set(`${at}.result`, score >= 1 ? "correct" : "incorrect");
    },
    result(standing) {
      set("cmi.score.min", 0);
      set("cmi.score.max", 100);
      set("cmi.score.raw", Math.round(standing.share * 100));
      set("cmi.score.scaled", standing.share.toFixed(4));
      if (standing.done) {
        set("cmi.completion_status", "completed");
        set("cmi.success_status", standing.passed ? "passed" : "failed");
      }
      api.Commit("");
    },
    end(seconds) {
      set("cmi.session_time", `PT${Math.round(seconds)}S`);
      set("cmi.exit", "suspend");
      api.Commit("");
      api.Terminate("");
    },
  };
};

const VERBS = {
  initialized: "http://adlnet.gov/expapi/verbs/initialized",
  completed: "http://adlnet.gov/expapi/verbs/completed",
  passed: "http://adlnet.gov/expapi/verbs/passed",
  failed: "http://adlnet.gov/expapi/verbs/failed",
  answered: "http://adlnet.gov/expapi/verbs/answered",
  terminated: "http://adlnet.gov/expapi/verbs/terminated",
};
const CMI5 = { id: "https://w3id.org/xapi/cmi5/context/categories/cmi5" };
const MOVE_ON = { id: "https://w3id.org/xapi/cmi5/context/categories/moveon" };
const KEPT = "counterpoint.state";

const cmi5 = (query) => {
  const [endpoint, activity, registration] = ["endpoint", "activityId", "registration"].map((name) => query.get(name));
  const actor = JSON.parse(query.get("actor"));
  const base = endpoint.endsWith("/") ? endpoint : `${endpoint}/`;
  const began = Date.now();
  let headers = {};
  let launch = {};
  let line = Promise.resolve();

  const call = (path, options = {}) => fetch(`${base}${path}`, { ...options, headers: { ...headers, ...options.headers } });
  const stateUrl = (id) =>
    `activities/state?${new URLSearchParams({ activityId: activity, agent: JSON.stringify(actor), registration, stateId: id })}`;
  const duration = () => `PT${((Date.now() - began) / 1000).toFixed(2)}S`;

  const statement = (verb, more = {}, categories = [CMI5]) => {
    const template = structuredClone(launch.contextTemplate ?? {});
    const kept = template.contextActivities ?? {};
    return {
      id: crypto.randomUUID(), timestamp: new Date().toISOString(), actor,
      verb: { id: VERBS[verb], display: { en: verb } },
      object: { objectType: "Activity", id: activity },
      ...more,
      context: { ...template, registration, contextActivities: { ...kept, category: [...(kept.category ?? []), ...categories] } },
    };
  };
  /* One after the other, so that the record keeps the order in which things happened. */
  const send = (body, keepalive = false) => {
    const post = () =>
      call("statements", { method: "POST", body: JSON.stringify(body), keepalive, headers: { "Content-Type": "application/json" } });
    line = keepalive ? post() : line.then(post, post);
    return line;
  };
  const counts = () => (launch.launchMode ?? "Normal") === "Normal";

  return {
    async start() {
      const { "auth-token": token } = await (await fetch(query.get("fetch"), { method: "POST" })).json();
      headers = { Authorization: `Basic ${token}`, "X-Experience-API-Version": "1.0.3" };
      launch = await (await call(stateUrl("LMS.LaunchData"))).json();
      await call(`agents/profile?${new URLSearchParams({ agent: JSON.stringify(actor), profileId: "cmi5LearnerPreferences" })}`);
      await send(statement("initialized"));
      const kept = await call(stateUrl(KEPT));
      return kept.ok ? await kept.text() : null;
    },
    keep: (state) => call(stateUrl(KEPT), { method: "PUT", body: state, headers: { "Content-Type": "text/plain" } }),
    answered(question, given, score) {
      const object = { objectType: "Activity", id: `${activity}/questions/${question.key}`, definition: { name: { und: question.key } } };
      send(statement("answered", { object, result: { response: given.join("[,]"), success: score >= 1, score: { scaled: score } } }, []));
    },
    /* Once a registration: `told` is kept with the answers. */
    result(standing, told) {
      if (!standing.done || !counts()) return;
      const score = { scaled: Number(standing.share.toFixed(4)), raw: Math.round(standing.share * 100), min: 0, max: 100 };
      if (!told.includes("completed")) {
        told.push("completed");
        send(statement("completed", { result: { completion: true, duration: duration() } }, [CMI5, MOVE_ON]));
      }
      const verb = standing.passed ? "passed" : "failed";
      if (!told.includes("passed") && !told.includes(verb)) {
        told.push(verb);
        send(statement(verb, { result: { success: standing.passed, score, duration: duration() } }, [CMI5, MOVE_ON]));
      }
    },
    /* A page that is closed has no time to wait for what is still on its way. */
    end(_seconds, pressed) {
      const told = send(statement("terminated", { result: { duration: duration() } }), !pressed);
      if (pressed && launch.returnURL) told.finally(() => window.location.assign(launch.returnURL));
    },
  };
};

const alone = { start: () => null, keep() {}, answered() {}, result() {}, end() {}, alone: true };

export const runtime = () => {
  const query = new URLSearchParams(window.location.search);
  if (query.has("fetch") && query.has("endpoint")) return cmi5(query);
  const newer = find("API_1484_11");
  if (newer) return scorm2004(newer);
  const older = find("API");
  return older ? scorm12(older) : alone;
};
