// A calendar: what stands in it is dragged to another time, day or colleague, or stretched; free time is chosen by drag or click.
// Alt with the arrows moves what has the focus, with Shift its end. Every change goes to the server, which draws the calendar anew.

const STEP = 15, DAY = 1440;
const on = (type, act) => document.addEventListener(type, act);
const calendarOf = item => item?.closest?.('[data-calendar]');
const number = (item, name) => Number(item.style.getPropertyValue(name) || 0);
const placeOf = spot => spot?.closest?.('[data-day]');
let held = null, focus = null, waiting = 0;

// --- By the hour: a minute of the day from the height in its column --------------------------------------------------------
const minuteAt = (body, y) => { const box = body.getBoundingClientRect(); return (y - box.top) / box.height * DAY; };
const near = (minute, step = STEP) => Math.round(minute / step) * step;
const within = (minute, least, most) => Math.min(most, Math.max(least, minute));

function send(item, values) {
  const calendar = calendarOf(item), { id, version } = item.dataset;
  focus = id;
  window.htmx?.ajax('POST', `${calendar.dataset.move}/${id}/move`, {
    source: calendar, target: '#calendar', swap: 'outerHTML', values: { ...values, version, back: location.pathname + location.search },
  }).catch(() => {});
}
function back() {
  if (!held) return;
  held.item.classList.remove('drag');
  document.querySelector('.over')?.classList.remove('over');
  held.ghost?.remove();
  if (!held.sent) {
    held.item.style.cssText = held.style;
    held.next ? held.next.before(held.item) : held.list?.append(held.item);
  }
}
const hasHours = item => Boolean(item.closest('.cal')) && item.matches('.appt');

on('drag-begin', event => {
  const item = event.target;
  if (item.dataset.drag === 'task') { held = { item, task: true }; return item.classList.add('drag'); }
  if (!calendarOf(item)) return;
  if (item.matches('[data-free]')) {
    if (event.detail.from.closest('a, li')) return event.preventDefault();
    const first = Math.floor(minuteAt(item, event.detail.y - event.detail.dy) / STEP) * STEP, ghost = document.createElement('li');
    ghost.className = 'appt cal-new';
    ghost.style.cssText = `--t:${first};--m:${STEP};--c:0;--n:1;--w:1`;
    item.querySelector('ol').append(ghost);
    held = { item, ghost, first, free: true };
    return;
  }
  const stretch = Boolean(event.detail.from.closest('[data-stretch]'));
  held = { item, stretch, list: item.parentElement, next: item.nextElementSibling, style: item.style.cssText, start: number(item, '--t'), length: number(item, '--m') };
  item.classList.add('drag');
});
on('drag-over', event => {
  if (!held) return;
  const { item, ghost, first, stretch, start, length } = held, { y, dy, x, under } = event.detail;
  if (held.task) {
    document.querySelector('.over')?.classList.remove('over');
    return under?.closest('.members [data-owner]')?.classList.add('over');
  }
  if (held.free) {
    const last = within(near(minuteAt(item, y)), 0, DAY);
    ghost.style.setProperty('--t', Math.min(first, last));
    return ghost.style.setProperty('--m', Math.max(STEP, Math.abs(last - first)));
  }
  if (hasHours(item)) {
    const body = item.closest('.cal-body'), minutes = near(dy / body.getBoundingClientRect().height * DAY);
    if (stretch) return item.style.setProperty('--m', within(length + minutes, STEP, DAY - start));
    item.style.setProperty('--t', within(start + minutes, 0, DAY - STEP));
    item.style.setProperty('--c', 0);
    item.style.setProperty('--n', 1);
    item.style.setProperty('--w', 1);
    const column = [...calendarOf(item).querySelectorAll('.cal-day')].find(day => { const box = day.getBoundingClientRect(); return x >= box.left && x < box.right; });
    if (column && !column.contains(item)) column.querySelector('.cal-items').append(item);
    return;
  }
  const over = placeOf(under);
  document.querySelector('.over')?.classList.remove('over');
  if (over && calendarOf(over) === calendarOf(item)) over.classList.add('over');
});
on('drag-drop', () => {
  if (!held) return;
  const { item } = held;
  if (held.task) {                                          // onto the bar of a colleague
    const over = document.querySelector('.members .over'), list = item.closest('[data-tasks]');
    over?.classList.remove('over');
    item.classList.remove('drag');
    held = null;
    return over && window.htmx?.ajax('POST', `${list.dataset.move}/${item.dataset.id}/give`, {
      source: list, target: '#work', swap: 'outerHTML', values: { owner: over.dataset.owner, version: item.dataset.version, back: list.dataset.here },
    }).catch(() => {});
  }
  if (held.free) {
    const start = number(held.ghost, '--t');
    open(item, start, start + number(held.ghost, '--m'));
  } else if (hasHours(item)) {
    const values = held.stretch ? { length: number(item, '--m') - held.length } : { day: placeOf(item).dataset.day, shift: number(item, '--t') - held.start };
    const from = held.list.closest('[data-day]').dataset.day;
    held.sent = held.stretch ? values.length !== 0 : values.shift !== 0 || values.day !== from;
    if (held.sent) send(item, { ...values, from });
  } else {
    const over = document.querySelector('.over'), here = placeOf(item);
    held.sent = Boolean(over) && over !== here;
    if (held.sent) send(item, { day: over.dataset.day, from: here.dataset.day, owner: over.dataset.owner ?? '' });
  }
  if (!held.sent) back();
  else { item.classList.remove('drag'); document.querySelector('.over')?.classList.remove('over'); }
  if (!held.sent) held = null;
});
on('drag-cancel', () => {
  if (held?.task) { held.item.classList.remove('drag'); document.querySelector('.over')?.classList.remove('over'); }
  else if (held) back();
  held = null;
});
on('htmx:afterRequest', event => {                         // refused: everything stands where it stood
  if (!held?.sent || !event.detail.requestConfig?.path.includes('/move')) return;
  if (event.detail.failed) { held.sent = false; back(); }
  held = null;
});

// --- Free time -------------------------------------------------------------------------------------------------------------
function open(spot, start, end) {
  const day = placeOf(spot)?.dataset.day, address = calendarOf(spot)?.dataset.new;
  if (!day || !address) return;
  const query = new URLSearchParams({ day, back: location.pathname + location.search });
  if (start !== undefined) { query.set('start', start); query.set('end', end); }
  window.htmx?.ajax('GET', `${address}?${query}`, { target: '#dlg', swap: 'innerHTML' });
}
on('click', event => {
  const free = event.target.closest('[data-free]');
  if (!free || event.target.closest('a, li, button, header') || !matchMedia('(min-width: 761px)').matches) return;
  if (!free.matches('.cal-body')) return open(free);
  const start = within(Math.floor(minuteAt(free, event.clientY) / 30) * 30, 0, DAY - 60);
  open(free, start, start + 60);
});

// --- What is opened stands in the dialog; without a script it is a page of its own -----------------------------------------------
on('click', event => {
  const link = event.target.closest('a[data-dialog-link]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  event.preventDefault();
  window.htmx?.ajax('GET', link.getAttribute('href'), { source: link, target: '#dlg', swap: 'innerHTML' });
});

// --- By keyboard: steps are gathered for a moment, then sent once ------------------------------------------------------------
const STEPS = { ArrowUp: -STEP, ArrowDown: STEP, ArrowLeft: -DAY, ArrowRight: DAY };
let gathered = null;
on('keydown', event => {
  const item = event.altKey && STEPS[event.key] && event.target.closest?.('[data-calendar] [data-drag][data-id]');
  if (!item) return;
  event.preventDefault();
  const step = STEPS[event.key], days = Math.abs(step) === DAY;
  if (!days && !hasHours(item)) return;
  gathered = gathered?.item === item ? gathered : { item, shift: 0, length: 0 };
  if (event.shiftKey && !days && item.querySelector('[data-stretch]')) gathered.length += step;
  else gathered.shift += step;
  if (!days) item.style.setProperty(gathered.length && event.shiftKey ? '--m' : '--t', within(number(item, event.shiftKey ? '--m' : '--t') + step, 0, DAY - STEP));
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const { shift, length } = gathered, from = placeOf(item).dataset.day;
    gathered = null;
    if (shift || length) send(item, { day: from, from, shift, length });
  }, 600);
});

// --- Opened where the working day begins; what was moved keeps the focus ------------------------------------------------------
function settle() {
  for (const calendar of document.querySelectorAll('[data-open-at]')) {
    if (calendar.dataset.settled) continue;
    calendar.dataset.settled = '1';
    const body = calendar.querySelector('.cal-body');
    if (!calendar.querySelector('.cal-hours').offsetParent) calendar.querySelector('.cal-day.today')?.scrollIntoView();   // a list by day
    else if (body) calendar.scrollTop = Number(calendar.dataset.openAt) / DAY * body.getBoundingClientRect().height;
  }
  for (const body of document.querySelectorAll('.cal-body[data-free]')) body.dataset.drag = 'free';
  if (focus) { document.querySelector(`[data-calendar] [data-id="${focus}"] a`)?.focus({ preventScroll: true }); focus = null; }
}
let scrolled = null;
on('htmx:beforeSwap', event => { if (event.detail.target?.id === 'calendar') scrolled = document.querySelector('[data-calendar]')?.scrollTop ?? null; });
on('htmx:afterSettle', () => {
  settle();
  const calendar = document.querySelector('[data-calendar]');
  if (scrolled !== null && calendar) { calendar.scrollTop = scrolled; scrolled = null; }
});
settle();
