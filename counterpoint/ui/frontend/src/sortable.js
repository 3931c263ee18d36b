// <ul data-sortable="cards" data-url="/…/move"> posts {item, to, index} when a person drops an item.
import htmx from "htmx.org";
import Sortable from "sortablejs";

export function watch(root) {
  for (const list of root.querySelectorAll("[data-sortable]:not([data-watched])")) {
    list.setAttribute("data-watched", "");
    Sortable.create(list, {
      group: list.dataset.sortable,
      animation: 120,
      delay: 150,
      delayOnTouchOnly: true,
      draggable: "[data-item]",
      handle: list.dataset.handle || undefined,
      onEnd: (event) => drop(list, event),
    });
  }
}

function drop(list, { item, to, from, newDraggableIndex, oldDraggableIndex }) {
  if (to === from && newDraggableIndex === oldDraggableIndex) return;
  const values = { item: item.dataset.item, to: to.dataset.key ?? "", index: newDraggableIndex };
  if (list.dataset.url) htmx.ajax("POST", list.dataset.url, { values, source: list, swap: "none" });
}
