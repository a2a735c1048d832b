// Where one was: a list that came anew, by an undo, by the way back or by a filter, gives the focus to what it was about.

const one = (selector, root = document) => root.querySelector(selector);
const on = (type, act, capture = false) => document.addEventListener(type, act, capture);
const place = () => `at:${location.pathname}${location.search}`;
const UNDONE = 'undone';

// The row that one is in; kept for this tab of the browser, and only read where the page comes again.
function keep(isUndone = false) {
  const row = document.activeElement?.closest('[data-grid] tbody tr[id]') ?? one('[data-grid] tr.cur');
  try {
    if (row) sessionStorage.setItem(place(), row.id);
    if (isUndone) sessionStorage.setItem(UNDONE, place());
  } catch { /* a browser that keeps nothing leaves the focus where it puts it */ }
}
addEventListener('pagehide', () => keep());
on('click', event => { const link = event.target.closest('[data-grid] tbody tr[id] a'); if (link) keep(); });
on('submit', event => { if (event.target.closest('#toasts')) keep(true); }, true);
on('htmx:beforeOnLoad', event => { if (event.detail.xhr.getResponseHeader('HX-Refresh') === 'true') keep(true); });

function comeBack() {
  let id, isUndone;
  try {
    isUndone = sessionStorage.getItem(UNDONE) === place();
    sessionStorage.removeItem(UNDONE);
    id = sessionStorage.getItem(place());
  } catch { return; }
  if (!isUndone && performance.getEntriesByType('navigation')[0]?.type !== 'back_forward') return;
  if (document.activeElement !== document.body) return;
  const row = id && document.getElementById(id);
  const goal = row ? one('td.name a', row) : isUndone && one('main h1');
  if (!goal) return;
  if (!row) goal.tabIndex = -1;
  goal.focus();
}
comeBack();

// The list was replaced, and with it what had been pressed: the same thing in the new one, or the way to the next filter.
on('htmx:afterSettle', event => {
  const { elt } = event.detail.requestConfig ?? {};
  if (!elt || event.detail.requestConfig.target?.id !== 'list' || document.activeElement !== document.body) return;
  const goal = elt.closest('thead') ? 'th[aria-sort] a' : elt.closest('.views') ? '.views [aria-current]' : '[data-key="f"]';
  one(`#list ${goal}`)?.focus();
});
