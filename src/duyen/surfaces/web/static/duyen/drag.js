// Dragging with a mouse, a pen or a finger. What can be dragged says so: data-drag="NAME". Nothing moves by itself: the element
// hears "drag-begin" (may be refused), "drag-over", "drag-drop" and "drag-cancel", each with {x, y, dx, dy, under, from}.
// A finger holds still for a moment first, so that a page can still be scrolled. Esc gives up. There is always another way.

const HOLD = 350, SLIP = 5;
let drag = null, last = null;

const tell = (type, at) => drag.item.dispatchEvent(new CustomEvent(`drag-${type}`, { bubbles: true, cancelable: true, detail: {
  x: at.clientX, y: at.clientY, dx: at.clientX - drag.x, dy: at.clientY - drag.y, from: drag.from,
  under: document.elementFromPoint(at.clientX, at.clientY),
} }));

function begin(at) {
  if (!drag || drag.on) return;
  if (!tell('begin', at)) return stop();
  drag.on = true;
  drag.item.setPointerCapture?.(drag.id);
}
function stop() {
  clearTimeout(drag?.timer);
  drag = null;
}
function end(type, at) {
  if (!drag) return;
  if (drag.on) { last = { item: drag.item, at: Date.now() }; tell(type, at); }
  stop();
}

document.addEventListener('pointerdown', event => {
  const item = event.target.closest?.('[data-drag]');
  if (!item || event.button || !event.isPrimary || event.target.closest('button, input, select, textarea')) return;
  drag = { item, from: event.target, x: event.clientX, y: event.clientY, id: event.pointerId, finger: event.pointerType === 'touch' };
  if (drag.finger) drag.timer = setTimeout(() => begin(event), HOLD);
});
document.addEventListener('pointermove', event => {
  if (!drag || event.pointerId !== drag.id) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > SLIP;
  if (!drag.on && drag.finger) return far && stop();      // it scrolls
  if (!drag.on && far) begin(event);
  if (drag?.on) { event.preventDefault(); tell('over', event); }
});
document.addEventListener('touchmove', event => { if (drag?.on) event.preventDefault(); }, { passive: false });
document.addEventListener('pointerup', event => end('drop', event));
document.addEventListener('pointercancel', event => end('cancel', event));
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || !drag?.on) return;
  event.preventDefault();
  end('cancel', { clientX: drag.x, clientY: drag.y });
});
// A link must not be opened by the drag that began on it, nor be dragged by the browser itself; what lies elsewhere can be
// pressed at once, such as the dialog that a drop opened.
document.addEventListener('click', event => {
  if (last && Date.now() - last.at < 300 && last.item.contains(event.target)) { event.preventDefault(); event.stopPropagation(); }
}, true);
document.addEventListener('dragstart', event => { if (event.target.closest?.('[data-drag]')) event.preventDefault(); });
