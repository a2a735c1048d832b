// A step that was opened from a page by a key and leads back to it gives the focus to what opened it, or to the tab.

const one = (selector, root = document) => root.querySelector(selector);
const on = (type, act) => document.addEventListener(type, act);
const OPENED = 'opened';
let opened = '';
on('htmx:beforeRequest', event => {
  const { target, elt, requestConfig } = event.detail;
  if (target?.id !== 'dlg' || elt.closest('dialog')) return;
  opened = requestConfig?.triggeringEvent?.detail === 0 ? elt.getAttribute('href') ?? elt.getAttribute('hx-get') ?? '' : '';
});
on('htmx:beforeOnLoad', event => {
  const there = event.detail.xhr.getResponseHeader('HX-Redirect');
  if (!opened || !there || new URL(there, location).pathname !== location.pathname) return;
  try { sessionStorage.setItem(OPENED, JSON.stringify([location.pathname, opened])); } catch { /* nothing is kept: the focus stays at the head */ }
});
function goOn() {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(OPENED) ?? 'null');
    sessionStorage.removeItem(OPENED);
  } catch { return; }
  if (kept?.[0] !== location.pathname || document.activeElement !== document.body) return;
  const way = `[href="${CSS.escape(kept[1])}"], [hx-get="${CSS.escape(kept[1])}"]`;
  for (const goal of [...document.querySelectorAll(`main :is(${way})`), one('main .tabs [aria-current]')]) {
    goal?.focus();
    if (document.activeElement !== document.body) return;
  }
}
goOn();
