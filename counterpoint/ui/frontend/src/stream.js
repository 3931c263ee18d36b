// Reads a text/event-stream with fetch. EventSource cannot listen to every event name, nor send Last-Event-ID on a
// first request; the server names events by fact kind, so both are needed.

export function parser(emit) {
  let rest = "";
  let event = { name: "message", data: [], id: undefined };
  const line = (text) => {
    if (text === "") {
      if (event.data.length) emit({ name: event.name, data: event.data.join("\n"), id: event.id });
      event = { name: "message", data: [], id: event.id };
      return;
    }
    if (text.startsWith(":")) return emit({ name: "ping", data: "", id: undefined });
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event.name = value;
    if (field === "data") event.data.push(value);
    if (field === "id" && !value.includes("\0")) event.id = value;
  };
  return (chunk) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    lines.forEach(line);
  };
}

export async function read(url, lastId, signal, { opened, event }) {
  const headers = { Accept: "text/event-stream" };
  if (lastId) headers["Last-Event-ID"] = lastId;
  const answer = await fetch(url, { headers, signal, cache: "no-store", credentials: "same-origin" });
  if (!answer.ok || !answer.body) throw Object.assign(new Error(`stream answered ${answer.status}`), { status: answer.status });
  opened();
  const feed = parser(event);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    feed(value);
  }
}
