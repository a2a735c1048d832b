// Columns of a list: their order by drag or by button, their width at the edge of the head, several orders with Shift.

const on = (type, act, options) => document.addEventListener(type, act, options);
const NARROWEST = 60, WIDEST = 600;

// --- data-sortable: its items are dragged by [data-grip], or moved by [data-move="-1"|"1"]; [data-fixed] stays ----------
// Lists of one name exchange items: at the end of one the next begins, and an empty one takes what is held over its part.
const lists = name => name ? [...document.querySelectorAll(`[data-sortable="${name}"]`)] : [];
function goal(item, under) {
  const list = item.parentElement, name = list.dataset.sortable;
  const over = [...list.children].find(each => each.contains(under)) ?? (name && under?.closest(`[data-sortable="${name}"] > *`));
  const empty = !over && name && under?.closest('[data-part]')?.querySelector(`[data-sortable="${name}"]:empty`);
  if (empty) empty.append(item);
  return over === item || over?.matches('[data-fixed]') ? null : over;
}
on('pointerdown', event => {
  const grip = event.target.closest('[data-grip]'), item = grip?.closest('[data-sortable] > *');
  if (!item || item.matches('[data-fixed]')) return;
  event.preventDefault();
  item.classList.add('drag');
  const move = at => {
    const over = goal(item, document.elementFromPoint(at.clientX, at.clientY));
    if (!over) return;
    const box = over.getBoundingClientRect();
    over[at.clientY > box.top + box.height / 2 ? 'after' : 'before'](item);
  };
  const drop = () => {
    item.classList.remove('drag');
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', drop);
    removeEventListener('pointercancel', drop);
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', drop);
  addEventListener('pointercancel', drop);
});
on('click', event => {
  const button = event.target.closest('[data-move]'), item = button?.closest('[data-sortable] > *');
  if (!item) return;
  event.preventDefault();                                  // without a script the server moves it
  const up = button.dataset.move === '-1', other = up ? item.previousElementSibling : item.nextElementSibling;
  const all = lists(item.parentElement.dataset.sortable), next = all[all.indexOf(item.parentElement) + (up ? -1 : 1)];
  if (other?.matches('[data-fixed]')) return;
  if (other) other[up ? 'before' : 'after'](item);
  else next?.[up ? 'append' : 'prepend'](item);
  button.focus();
});

// --- A head's edge: drag it, or Alt with the left and right arrows while the head has the focus ----------------------------
const edge = 6;
const headAt = event => {
  const head = event.target.closest?.('th[data-column]');
  return head && head.getBoundingClientRect().right - event.clientX <= edge ? head : null;
};
const within = width => Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));

function keep(row) {                                      // the widths go into the address, so that they can be kept in a view
  const heads = [...row.querySelectorAll('th[data-column]')];
  const columns = heads.map(head => `${head.dataset.column}:${within(head.getBoundingClientRect().width)}`).join(',');
  const url = new URL(row.dataset.columns, location.origin);
  url.searchParams.set('cols', columns);
  window.htmx?.ajax('GET', url.pathname + url.search, { target: '#list', swap: 'outerHTML' });
}
function resize(head, width) {
  const row = head.parentElement;
  if (!head.closest('table').classList.contains('sized')) {
    for (const each of row.children) each.style.width = `${each.getBoundingClientRect().width}px`;
    head.closest('table').classList.add('sized');
  }
  head.style.width = `${within(width)}px`;
}
on('pointermove', event => {
  document.querySelector('th.edge')?.classList.remove('edge');
  headAt(event)?.classList.add('edge');
});
on('pointerdown', event => {
  const head = headAt(event);
  if (!head) return;
  event.preventDefault();
  const from = event.clientX, width = head.getBoundingClientRect().width;
  const move = at => resize(head, width + at.clientX - from);
  const drop = at => {
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', drop);
    removeEventListener('pointercancel', drop);
    on('click', stop, { capture: true, once: true });      // the drag must not order the list
    setTimeout(() => document.removeEventListener('click', stop, true));
    if (at.clientX !== from) keep(head.parentElement);
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', drop);
  addEventListener('pointercancel', drop);
});
function stop(event) { event.preventDefault(); event.stopPropagation(); }
let waiting = 0;
on('keydown', event => {
  const head = event.target.closest?.('th[data-column]');
  if (!head || !event.altKey || !['ArrowLeft', 'ArrowRight'].includes(event.key)) return;
  event.preventDefault();
  resize(head, head.getBoundingClientRect().width + (event.key === 'ArrowRight' ? 16 : -16));
  clearTimeout(waiting);
  waiting = setTimeout(() => keep(head.parentElement), 700);
});

// --- Shift on a head adds its order; a small form closes the popover or dialog that it stands in ----------------------------
on('click', event => {
  const more = event.shiftKey && event.target.closest('a[data-shift]');
  if (!more) return;
  stop(event);
  const to = new URL(more.href);
  to.searchParams.set('sort', more.dataset.shift);
  window.htmx?.ajax('GET', to.pathname + to.search, { target: '#list', swap: 'outerHTML' });
}, true);
on('htmx:afterRequest', event => {
  const form = event.detail.elt.closest?.('[data-closes]');
  if (!form || event.detail.failed) return;
  form.closest('dialog')?.close();
});
