// The hall of a drill on the branch's floor plan: who waits sits on a chair and keeps it, who is served stands at the
// window or machine. Metres of the plan become pixels; a hall wider than the drawing is turned upright.
const SEAT = 0.55; // metres between two chairs
const ROW = 6; // chairs beside each other
const MARGIN = 10; // pixels around the plan

// Pixels of a place of the plan.
const at = (view, [x, y]) => (view.turned ? [view.origin[0] + y * view.scale, view.origin[1] + x * view.scale] : [view.origin[0] + x * view.scale, view.origin[1] + y * view.scale]);

export function placePlan(view) {
  const { size, windows, machines } = view.config.plan;
  const [wide, deep] = [view.width - 2 * MARGIN, view.height - 2 * MARGIN];
  const [straight, upright] = [Math.min(wide / size[0], deep / size[1]), Math.min(wide / size[1], deep / size[0])];
  view.turned = upright > straight * 1.15;
  view.scale = Math.max(straight, view.turned ? upright : 0);
  const [w, h] = view.turned ? [size[1], size[0]] : size;
  view.origin = [(view.width - w * view.scale) / 2, (view.height - h * view.scale) / 2];
  view.windows = windows.map((place, n) => box(view, place, view.config.windows[n], 1.5, 40));
  view.machines = machines.map((place, n) => box(view, place, view.config.machines[n], 1.2, 24));
  view.chairs = view.config.plan.chairs.flatMap(([x, y, seats]) => chairs(x, y, seats)).map((seat) => at(view, seat));
  view.seats = new Map();
}

// What stands behind the customer's place [x, y, itself x, itself y], not wider than its neighbours allow.
function box(view, place, code, metres, high) {
  const [x, y] = at(view, place.slice(2));
  const w = Math.max(22, Math.min(84, metres * view.scale));
  const h = Math.max(18, Math.min(high, metres * view.scale));
  const clamp = (value, least, most) => Math.max(least, Math.min(most, value));
  return { code, x: clamp(x - w / 2, 2, view.width - w - 2), y: clamp(y - h / 2, 2, view.height - h - 2), w, h, stands: at(view, place) };
}

function chairs(x, y, seats) {
  const columns = Math.min(ROW, seats);
  const rows = Math.ceil(seats / columns);
  return Array.from({ length: seats }, (_none, n) => [
    x + ((n % columns) - (columns - 1) / 2) * SEAT, y + (Math.floor(n / columns) - (rows - 1) / 2) * SEAT,
  ]);
}

// Where everybody is to be: chairs in the order of coming, kept until somebody is called; who finds none stands behind
// the chairs, who is greeted stands inside the door.
export function targetsOfPlan(view, model) {
  const targets = new Map();
  const inside = [];
  const waiting = [];
  for (const [id, who] of Object.entries(model.c)) {
    const [where, n] = [who[0][0], Number(who[0].slice(1))];
    if (where === "q") waiting.push([id, who]);
    else if (where === "k" || where === "d") {
      const one = (where === "k" ? view.windows : view.machines)[n];
      if (one) targets.set(id, one.stands);
    } else inside.push(id);
  }
  waiting.sort(([a, one], [b, other]) => one[3] - other[3] || a - b);
  const here = new Set(waiting.map(([id]) => id));
  for (const id of view.seats.keys()) if (!here.has(id)) view.seats.delete(id);
  const taken = new Set(view.seats.values());
  let free = 0;
  for (const [id] of waiting) {
    if (!view.seats.has(id)) {
      while (taken.has(free)) free += 1;
      view.seats.set(id, free);
      taken.add(free);
    }
    targets.set(id, seat(view, view.seats.get(id)));
  }
  const [x, y] = at(view, view.config.plan.door);
  const up = y > view.height / 2 ? -1 : 1;
  inside.forEach((id, n) => targets.set(id, [x + ((n % 5) - 2) * 14, y + up * (14 + 14 * Math.floor(n / 5))]));
  return targets;
}

// A chair by its number; beyond the last one places to stand between the chairs and the door, row by row.
function seat(view, number) {
  if (number < view.chairs.length) return view.chairs[number];
  const [x, y] = at(view, view.config.plan.door);
  const low = Math.max(...view.chairs.map((one) => one[1]));
  const n = number - view.chairs.length;
  const columns = Math.max(6, Math.floor((view.width * 0.6) / 15));
  const [column, row] = [n % columns, Math.floor(n / columns)];
  return [Math.max(8, Math.min(view.width - 8, x + (column - (columns - 1) / 2) * 15)), (low + y) / 2 + (row - 1) * 15];
}

export function drawPlan(view) {
  const { pen, colours } = view;
  const { shapes, zones, size, door } = view.config.plan;
  const outline = (corners) => {
    pen.beginPath();
    corners.forEach((corner, n) => (n ? pen.lineTo(...at(view, corner)) : pen.moveTo(...at(view, corner))));
    pen.closePath();
  };
  pen.lineWidth = 1;
  pen.font = `11px ${view.font}`;
  for (const [name, corners] of zones) {
    outline(corners);
    pen.strokeStyle = colours.line;
    pen.setLineDash([4, 4]);
    pen.stroke();
    pen.setLineDash([]);
    const [x, y] = [Math.min(...corners.map((one) => at(view, one)[0])), Math.max(...corners.map((one) => at(view, one)[1]))];
    pen.fillStyle = colours["ink-soft"];
    pen.fillText(name, x + 4, y - 8, 120);
  }
  for (const [kind, corners] of shapes) {
    outline(corners);
    pen.fillStyle = kind === "wall" || kind === "pillar" ? colours["line-strong"] : colours.sunk;
    pen.fill();
  }
  pen.strokeStyle = colours["line-strong"];
  outline([[0, 0], [size[0], 0], size, [0, size[1]]]);
  pen.stroke();
  pen.fillStyle = colours.line;
  for (const [x, y] of view.chairs) pen.fillRect(x - 4, y - 4, 8, 8);
  const [x, y] = at(view, door);
  pen.fillStyle = colours["ink-soft"];
  pen.fillText(view.config.words.door, x - 8, y);
}
