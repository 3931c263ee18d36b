// The hall of a drill as a drawing: windows above, who waits in lanes, machines below. Positions are eased from frame to
// frame; what changes comes from the segment. Colour is never the only sign: who waits beyond the promise is a square.
import { drawPlan, placePlan, targetsOfPlan } from "./hall-plan.js";

const GHOST = 900; // milliseconds that somebody who left is still seen
const LEAST = 30; // height of an empty lane beside a crowded one

export class HallCanvas {
  constructor(canvas, config, picked) {
    this.canvas = canvas;
    this.config = config;
    this.picked = picked;
    this.pen = canvas.getContext("2d");
    this.spots = new Map();
    this.ghosts = [];
    this.selected = "";
    this.planned = Boolean(config.plan); // on the floor plan, else in lanes
    this.laneOf = [];
    config.queues.forEach((queue, lane) => queue.services.forEach((service) => (this.laneOf[service] = lane)));
    new ResizeObserver(() => this.measure()).observe(canvas);
    canvas.addEventListener("click", (event) => this.pick(event));
    this.measure();
  }

  measure() {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.width = this.canvas.clientWidth || 320;
    this.height = this.canvas.clientHeight || 420;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(this.canvas);
    this.colours = {};
    for (const name of ["ink", "ink-soft", "line", "line-strong", "surface", "sunk", "accent", "act", "fine", "watch", "heat-high"]) {
      this.probe ??= document.createElement("span");
      this.probe.style.color = `var(--cp-${name})`;
      this.canvas.parentElement.append(this.probe);
      this.colours[name] = getComputedStyle(this.probe).color;
      this.probe.remove();
    }
    this.font = style.fontFamily;
    this.place();
  }

  // Between the floor plan and lanes.
  show(planned) {
    this.planned = planned && Boolean(this.config.plan);
    this.place();
  }

  // Where boxes and lanes stand.
  place() {
    this.dirty = true;
    if (this.planned) return placePlan(this);
    return this.placeLanes();
  }

  placeLanes() {
    const { windows, machines, queues } = this.config;
    const row = (many, top, height, least) => {
      const columns = Math.max(1, Math.min(many.length, Math.floor((this.width - 8) / least)));
      const wide = (this.width - 8) / columns;
      return many.map((code, n) => ({
        code, x: 4 + (n % columns) * wide, y: top + Math.floor(n / columns) * (height + 4), w: wide - 4, h: height,
        rows: Math.ceil(many.length / columns),
      }));
    };
    this.windows = row(windows, 4, 52, 84);
    const top = 4 + (this.windows[0]?.rows ?? 0) * 56 + 6;
    const rows = machines.length ? Math.ceil(machines.length / Math.max(1, Math.floor((this.width - 8) / 62))) : 0;
    const foot = this.height - rows * 46 - 4;
    this.machines = row(machines, foot + 2, 42, 62);
    this.aside = { x: 4, y: top, w: Math.max(56, this.width * 0.14), h: foot - top - 6 };
    const left = this.aside.x + this.aside.w + 6;
    this.lanes = queues.map((queue) => ({ x: left, y: top, w: this.width - left - 4, h: 0, name: queue.name }));
    this.spread(queues.map(() => 0));
  }

  // Lanes share the height evenly; once one is crowded, by how many wait in each.
  spread(counts) {
    const most = this.aside.h;
    const even = most / Math.max(1, this.lanes.length);
    const crowded = counts.some((count) => count * 196 > (this.lanes[0].w - 12) * (even - 26));
    const free = most - LEAST * this.lanes.length;
    const all = counts.reduce((sum, count) => sum + count, 0);
    let y = this.aside.y;
    this.lanes.forEach((lane, n) => {
      const h = crowded ? LEAST + (free * counts[n]) / all : even;
      Object.assign(lane, { y, h: h - 4 });
      y += h;
    });
  }

  targetsOfLanes(model) {
    const lanes = this.lanes.map(() => []);
    const aside = [];
    const targets = new Map();
    for (const [id, who] of Object.entries(model.c)) {
      const where = who[0];
      if (where === "q") lanes[this.laneOf[who[1]] ?? 0].push([id, who]);
      else if (where[0] === "k") this.box(targets, id, this.windows[Number(where.slice(1))], 15);
      else if (where[0] === "d") this.box(targets, id, this.machines[Number(where.slice(1))], 12);
      else aside.push(id);
    }
    aside.forEach((id, n) => targets.set(id, [this.aside.x + 12 + (n % 3) * 17, this.aside.y + 28 + Math.floor(n / 3) * 17]));
    this.counts = lanes.map((lane) => lane.length);
    this.spread(this.counts);
    lanes.forEach((lane, n) => this.line(targets, lane, this.lanes[n]));
    return targets;
  }

  // The targets of everybody, whenever somebody came, moved or left.
  settle(model) {
    this.dirty = false;
    const targets = this.planned ? targetsOfPlan(this, model) : this.targetsOfLanes(model);
    const [doorX, doorY] = this.planned ? [this.width / 2, this.height + 8] : [-8, this.aside.y + this.aside.h / 2];
    for (const [id, [x, y]] of targets) {
      const spot = this.spots.get(id) ?? { x: doorX, y: doorY };
      spot.tx = x;
      spot.ty = y;
      this.spots.set(id, spot);
    }
    for (const id of this.spots.keys()) if (!targets.has(id)) this.spots.delete(id);
  }

  box(targets, id, box, lift) {
    if (box) targets.set(id, [box.x + box.w - 14, box.y + box.h - lift]);
  }

  line(targets, lane, box) {
    lane.sort(([a, one], [b, other]) => one[5] - other[5] || one[3] - other[3] || a - b);
    const wide = box.w - 12;
    const high = Math.max(14, box.h - 22);
    let cell = 40;
    while (cell > 7 && Math.floor(wide / cell) * Math.floor(high / Math.min(cell, 24)) < lane.length) cell -= 1;
    const columns = Math.max(1, Math.floor(wide / cell));
    box.cell = cell;
    lane.forEach(([id], n) => targets.set(id, [box.x + 6 + cell / 2 + (n % columns) * cell, box.y + 20 + Math.min(cell, 24) / 2 + Math.floor(n / columns) * Math.min(cell, 24)]));
  }

  gone(id, how, now) {
    const spot = this.spots.get(id);
    if (spot) this.ghosts.push({ x: spot.x, y: spot.y, how, at: now });
  }

  draw(model, second, now, step) {
    if (this.dirty) this.settle(model);
    const { pen, colours } = this;
    pen.clearRect(0, 0, this.width, this.height);
    pen.textBaseline = "middle";
    if (this.planned) drawPlan(this);
    this.boxes(model);
    if (!this.planned) this.areas();
    const pull = 1 - Math.exp(-step / 140);
    for (const [id, spot] of this.spots) {
      spot.x += (spot.tx - spot.x) * pull;
      spot.y += (spot.ty - spot.y) * pull;
      const who = model.c[id];
      if (who) this.person(id, who, spot, second);
    }
    this.ghosts = this.ghosts.filter((ghost) => now - ghost.at < GHOST);
    for (const ghost of this.ghosts) {
      const part = (now - ghost.at) / GHOST;
      pen.globalAlpha = 1 - part;
      pen.fillStyle = ghost.how === "x" ? colours.act : colours.fine;
      pen.font = `600 13px ${this.font}`;
      pen.fillText(ghost.how === "x" ? "✕" : "✓", ghost.x - 5, ghost.y - 14 * part);
      pen.globalAlpha = 1;
    }
  }

  boxes(model) {
    const { pen, colours, config } = this;
    const { words } = config;
    pen.lineWidth = 1;
    this.windows.forEach((box, n) => {
      const [open, person] = model.w[n] ?? [0, -1];
      const manned = person >= 0;
      pen.fillStyle = open && manned ? colours.surface : colours.sunk;
      pen.strokeStyle = open && !manned ? colours.watch : open ? colours["line-strong"] : colours.line;
      pen.fillRect(box.x, box.y, box.w, box.h);
      pen.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
      pen.fillStyle = open ? colours.ink : colours["ink-soft"];
      pen.font = `600 12px ${this.font}`;
      const inset = box.w < 40 ? 3 : 6;
      pen.fillText(box.code, box.x + inset, box.y + Math.min(13, box.h / 2), box.w - 2 * inset);
      if (box.w < 64 || box.h < 38) return;
      pen.font = `11px ${this.font}`;
      pen.fillStyle = colours["ink-soft"];
      const who = manned ? config.staff[person][1] : open ? words.nobody : words.closed;
      pen.fillText(who, box.x + 6, box.y + 31, box.w - 28);
    });
    this.machines.forEach((box, n) => {
      const [works] = model.m[n] ?? [1];
      pen.fillStyle = works ? colours.surface : colours.sunk;
      pen.strokeStyle = works ? colours.line : colours.act;
      pen.fillRect(box.x, box.y, box.w, box.h);
      pen.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
      pen.fillStyle = works ? colours["ink-soft"] : colours.act;
      pen.font = `11px ${this.font}`;
      pen.fillText(works ? box.code : `✕ ${box.code}`, box.x + 5, box.y + 11, box.w - 8);
    });
  }

  areas() {
    const { pen, colours } = this;
    pen.strokeStyle = colours.line;
    pen.font = `11px ${this.font}`;
    pen.fillStyle = colours["ink-soft"];
    pen.strokeRect(this.aside.x + 0.5, this.aside.y + 0.5, this.aside.w - 1, this.aside.h - 1);
    pen.fillText(this.config.words.greeting, this.aside.x + 5, this.aside.y + 11, this.aside.w - 8);
    this.lanes.forEach((box, n) => {
      pen.strokeStyle = colours.line;
      pen.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
      pen.fillStyle = colours["ink-soft"];
      pen.fillText(`${box.name} · ${this.counts?.[n] ?? 0} ${this.config.words.waiting}`, box.x + 6, box.y + 10, box.w - 12);
    });
  }

  person(id, who, spot, second) {
    const { pen, colours } = this;
    const waits = who[0] === "q";
    const promise = 60 * this.config.tiers[who[2]][1];
    const part = waits ? (second - who[3]) / promise : 0;
    const cell = this.planned ? 15 : waits ? this.lanes[this.laneOf[who[1]] ?? 0]?.cell ?? 12 : 14;
    const size = Math.max(3, Math.min(8, cell / 2 - 1));
    pen.fillStyle = part > 1 ? colours.act : part > 0.6 ? colours["heat-high"] : waits ? colours.accent : colours.fine;
    const named = waits && cell >= 34;
    if (named) {
      pen.globalAlpha = 0.18;
      if (part > 1) pen.fillRect(spot.x - 18, spot.y - 10, 36, 20);
      else this.round(spot.x - 18, spot.y - 10, 36, 20);
      pen.globalAlpha = 1;
      pen.fillStyle = part > 1 ? colours.act : colours.ink;
      pen.font = `600 11px ${this.font}`;
      pen.textAlign = "center";
      pen.fillText(who[4], spot.x, spot.y + 1);
      pen.textAlign = "start";
    } else if (part > 1) pen.fillRect(spot.x - size, spot.y - size, 2 * size, 2 * size);
    else {
      pen.beginPath();
      pen.arc(spot.x, spot.y, size, 0, 6.2832);
      pen.fill();
    }
    if (id === this.selected) {
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 2;
      pen.strokeRect(spot.x - (named ? 20 : size + 3), spot.y - (named ? 12 : size + 3), named ? 40 : 2 * size + 6, named ? 24 : 2 * size + 6);
      pen.lineWidth = 1;
    }
  }

  round(x, y, w, h) {
    this.pen.beginPath();
    this.pen.roundRect(x, y, w, h, 9);
    this.pen.fill();
  }

  pick(event) {
    const frame = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    let best = ["", 22];
    for (const [id, spot] of this.spots) {
      const far = Math.hypot(spot.x - x, spot.y - y);
      if (far < best[1]) best = [id, far];
    }
    this.selected = best[0];
    const inside = (box) => x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;
    this.picked(best[0], this.windows.find(inside)?.code ?? "");
  }
}
