// What others do, shown while the page stands open: the bell's count, and that somebody changed this record.
// One window of a browser holds the one connection to the live process and tells the others; where it cannot be
// reached, the pages are asked now and then. What comes is a hint alone: what is new is read from the pages.

const one = (selector, root = document) => root.querySelector(selector);
const source = document.body.dataset.live;
const POLL = 25000, FIRST = 800, LONGEST = 30000;
const wait = (ms, woken) => new Promise(done => { const timer = setTimeout(done, ms); woken?.(() => { clearTimeout(timer); done(); }); });
const me = Math.random().toString(36).slice(2);
const place = () => one('#changed[data-record]');
const wanted = () => place() ? `${place().dataset.record}.${place().dataset.version}` : '';

// --- What is shown ---------------------------------------------------------------------------------------------------
function ring(unread) {
  const bell = one('#bell');
  if (!bell || unread === undefined) return;
  const text = unread > 99 ? '99+' : unread ? String(unread) : '', said = one('[role=status]', bell);
  if (one('[data-tally]', bell).textContent === text) return;
  one('[data-tally]', bell).textContent = text;
  said.textContent = text && `${text} ${said.dataset.unread}`;
}
let telling = 0;
function tell() {                                          // several changes at once are told once
  clearTimeout(telling);
  telling = setTimeout(() => {
    const at = place();
    if (!at) return;
    const asked = new URLSearchParams({ since: at.dataset.version, at: at.dataset.at, in: at.dataset.inForm === undefined ? '' : 'form' });
    window.htmx?.ajax('GET', `${at.dataset.url}?${asked}`, { target: at, swap: 'innerHTML' });
  }, 150);
}
function show({ unread, changed = [] }) {
  ring(unread);
  if (changed.includes(place()?.dataset.record) || changed.includes(place()?.dataset.place)) tell();
}

// The new values come into the page; what is being edited stays as it was typed.
document.addEventListener('click', async event => {
  const link = event.target.closest('[data-show-new]');
  if (!link || event.ctrlKey || event.metaKey) return;
  const busy = root => one('.editing, form:has(:user-invalid), [data-dirty]', root);
  event.preventDefault();
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return location.assign(link.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of ['.rec-head', '#tab', '.record > .panel', '.facts', '.stagebar']) {
    const old = one(part), now = one(part, fresh);
    if (!old || !now || busy(old) || old.contains(typed)) continue;
    old.replaceWith(document.adoptNode(now));
    window.htmx?.process(now);
  }
  const at = place(), next = one('#changed[data-record]', fresh);
  if (at && next) { at.replaceChildren(); at.dataset.version = next.dataset.version; at.dataset.at = stamp(); again(); }
});
let typed = null;                                          // the last field in which something was typed and not sent
document.addEventListener('input', event => { typed = event.target; });
document.addEventListener('submit', () => { typed = null; });
const stamp = () => Math.floor(Date.now() / 1000);

// --- Between the windows of one browser ------------------------------------------------------------------------------
const others = new Map(), hall = 'BroadcastChannel' in window ? new BroadcastChannel('duyen-live') : null;
const post = message => hall?.postMessage({ ...message, from: me });
let woken = () => {}, isLeading = false;
const again = () => isLeading ? woken() : post({ want: wanted() });

hall?.addEventListener('message', ({ data }) => {
  if (data.show) show(data.show);
  if (data.who) post({ want: wanted() });
  if (data.gone) others.delete(data.from);
  if (data.want !== undefined) {
    const had = others.get(data.from);
    others.set(data.from, data.want);
    if (isLeading && data.want && had !== data.want) woken();
  }
});
const all = () => [...new Set([wanted(), ...others.values()])].filter(Boolean).slice(0, 20);
function told(what) { show(what); post({ show: what }); }

// --- The one window that asks ----------------------------------------------------------------------------------------
async function ask() {
  const asked = new URLSearchParams(all().map(each => ['on', each]));
  const answer = await fetch(`${source}?${asked}`, { headers: { Accept: 'application/json' } });
  if (answer.redirected || !answer.ok) return { over: answer.redirected };   // signed out: the next click says so
  const what = await answer.json();
  told({ unread: what.unread, changed: what.changed });
  return what;
}
function listen(url, stop) {                               // ends when the connection does; tells whether it ever stood
  return new Promise(done => {
    const ear = new EventSource(url);
    let stood = false;
    const end = () => { ear.close(); done(stood); };
    stop(end);
    ear.addEventListener('open', () => { stood = true; });
    ear.addEventListener('notices', () => ask().catch(() => {}));
    ear.addEventListener('changed', event => told({ changed: JSON.parse(event.data) }));
    ear.addEventListener('again', end);
    ear.addEventListener('error', end);
  });
}
async function lead(isMine = () => true) {
  isLeading = true;
  post({ who: true });
  await wait(300);
  for (let failed = 0; isMine();) {
    const what = await ask().catch(() => ({}));
    if (what.over) return;
    const began = Date.now();
    let isWoken = false;
    const stood = what.url && await listen(what.url, end => { woken = () => { isWoken = true; end(); }; });
    failed = stood || !what.url ? 0 : failed + 1;
    if (stood) await wait(Date.now() - began < 2000 ? 2000 + 2000 * Math.random() : isWoken ? 0 : 200 + 1500 * Math.random());
    else await wait(what.url ? Math.min(LONGEST, POLL / 4 * 2 ** failed) : POLL, end => { woken = end; });
  }
}
// Without locks (plain HTTP on another machine than this) each window asks for itself while it is looked at.
async function alone() {
  for (;;) {
    if (!document.hidden) await lead(() => !document.hidden);
    isLeading = false;
    await new Promise(done => document.addEventListener('visibilitychange', done, { once: true }));
  }
}
if (source) {
  const at = place();
  if (at) at.dataset.at = stamp();
  const begin = () => navigator.locks ? navigator.locks.request('duyen-live', () => lead()) : alone();
  setTimeout(() => { post({ want: wanted() }); begin(); }, FIRST);
  addEventListener('pagehide', () => post({ gone: true }));
  addEventListener('visibilitychange', () => { if (document.hidden && !navigator.locks) woken(); });
}
document.addEventListener('notices-changed', () => { if (one('.notices')) location.reload(); });
