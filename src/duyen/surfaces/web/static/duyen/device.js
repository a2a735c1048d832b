// What one typed stays on this device until it is saved: drafts of forms, and new records that wait for the network.
// It is kept under the mark of who is signed in, and gone at sign-out and when somebody else signs in. Passwords,
// files and personal numbers are never kept. <form data-draft> keeps a draft; data-draft="send" may wait and be sent.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const me = document.body.dataset.device, BASE = 'duyen:', DAY = 864e5;
const LATER = [429, 502, 503, 504], FIRST = 1500, AGAIN = 30000;
const toast = (text, tone = 'amber') => document.body.dispatchEvent(new CustomEvent('toast', { bubbles: true, detail: { text, tone } }));

// --- What is kept: `duyen:<mark>:draft:<address of the form>` and `duyen:<mark>:wait:<key of the form>` ---------------
const nameOf = (kind, what) => `${BASE}${me}:${kind}:${what}`;
function read(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } }
function write(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); return true; } catch { return false; } }
function drop(name) { try { localStorage.removeItem(name); } catch { /* nothing was kept */ } }
function names(start = BASE) { try { return Object.keys(localStorage).filter(name => name.startsWith(start)); } catch { return []; } }
const waiting = () => names(nameOf('wait', '')).map(name => [name, read(name)]).filter(([, entry]) => entry).sort((a, b) => a[1].at - b[1].at);

if (me) for (const name of names()) {
  const isMine = name.startsWith(`${BASE}${me}:`);
  if (!isMine || name.startsWith(nameOf('draft', '')) && Date.now() - (read(name)?.at ?? 0) > 30 * DAY) drop(name);
}
let words = {};                                             // they come with the proof that is asked for before sending
function count() {
  const number = waiting().length;
  for (const badge of all('[data-unsent]')) { badge.hidden = !number; one('b', badge).textContent = number; }
  document.dispatchEvent(new Event('kept-changed'));
}

// --- What of a form may be kept --------------------------------------------------------------------------------------
const PERSONAL = /^\d([ .-]?\d){11}$/;                      // twelve digits: the number of a person, or of an account
const isSecret = field => field.matches('[type=password], [type=file], [data-secret]') || PERSONAL.test(field.value.trim());
const fieldsOf = form => [...form.elements].filter(field => field.name);
function typed(form) {
  const secret = new Set(fieldsOf(form).filter(isSecret).map(field => field.name)).add('csrfmiddlewaretoken');
  return [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !secret.has(name));
}
const holdsSecret = form => fieldsOf(form).some(field => isSecret(field) && field.value);
// Two forms of one page that are sent to one address are kept apart.
const draftOf = form => nameOf('draft', [new URL(form.action).pathname, form.dataset.apart].filter(Boolean).join('#'));
function entry(form) {
  const what = fieldsOf(form).find(field => field.matches('textarea, [type=text], [type=search]') && field.value.trim() && !isSecret(field));
  const title = form.dataset.title || one('h1')?.textContent || document.title;
  return { at: Date.now(), action: new URL(form.action).pathname, url: location.pathname + location.search, title: title.trim(), what: (what?.value ?? '').trim().slice(0, 80), fields: typed(form) };
}

// --- Drafts: kept while one types, put back when the form is opened again -----------------------------------------------
const begun = new WeakMap();                                // what a form held before anything was typed
let dirty = null, timer = 0;
function keep() {
  clearTimeout(timer);
  const form = dirty;
  dirty = null;
  if (!form?.isConnected) return;
  const now = entry(form);
  if (JSON.stringify(now.fields) === begun.get(form)) drop(draftOf(form));
  else write(draftOf(form), now);
}
function touch(event) {
  const form = event.target.form;
  if (!me || !form?.matches('[data-draft]')) return;
  if (dirty && dirty !== form) keep();
  dirty = form;
  clearTimeout(timer);
  timer = setTimeout(keep, 400);
}
function fill(form, fields) {
  const values = new Map();
  for (const [name, value] of fields) values.set(name, [...values.get(name) ?? [], value]);
  for (const [name, wanted] of values) {
    const found = () => fieldsOf(form).filter(field => field.name === name && !isSecret(field));
    const add = found()[0] && one('[data-row-add]', found()[0].closest('[data-rows]') ?? document.createElement('i'));
    for (let more = wanted.length - found().length; add && more > 0; more -= 1) add.click();
  }
  for (const field of fieldsOf(form)) {
    if (isSecret(field) || ['csrfmiddlewaretoken', 'shown'].includes(field.name) || field.type === 'submit') continue;
    const wanted = values.get(field.name);
    if (field.matches('[type=checkbox], [type=radio]')) field.checked = wanted?.includes(field.value) ?? false;
    else if (field.matches('select[multiple]')) for (const option of field.options) option.selected = wanted?.includes(option.value) ?? false;
    else if (wanted?.length) field.value = wanted.shift();
  }
}
function banner(form, text, tone, button) {
  one('[data-told]', form)?.remove();
  const box = document.createElement('div'), line = document.createElement('span');
  box.className = 'banner';
  box.dataset.tone = tone;
  box.dataset.told = '';
  box.role = tone === 'red' ? 'alert' : 'status';
  line.className = 'grow';
  line.textContent = text;
  box.append(line);
  if (button) box.append(button);
  (one(':scope > .in', form) ?? form).prepend(box);        // in a dialog below its title
  if (tone !== 'blue') box.scrollIntoView({ block: 'nearest' });
}
function begin(form) {
  if (!me || begun.has(form)) return;
  const draft = read(draftOf(form)), isRefused = one('[role=alert]', form);
  begun.set(form, isRefused ? '' : JSON.stringify(typed(form)));
  if (!draft || isRefused) return;
  fill(form, draft.fields);
  const away = document.createElement('button');
  away.type = 'button';
  away.className = 'btn sm';
  away.textContent = form.dataset.throw;
  away.addEventListener('click', () => { drop(draftOf(form)); dirty = null; location.reload(); });
  banner(form, form.dataset.restored.replace('{time}', when(draft.at)), 'blue', away);
  form.dispatchEvent(new Event('change', { bubbles: true }));
}
const when = at => new Date(at).toLocaleString('en-GB', { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' }).replace(',', '');
const prepare = root => { if (root.matches?.('form[data-draft]')) begin(root); all('form[data-draft]', root).forEach(begin); };

// --- Sending: by this script, so that what comes back is known for sure ----------------------------------------------
const post = (url, body) => fetch(url, { method: 'POST', body, headers: { 'Duyen-Device': '1' } });
const isDoor = address => /^\/login/.test(address);
function renew(form) {                                       // what is typed next is another record
  const key = one('[name=key]', form);
  form.reset();
  if (key) key.value = [...crypto.getRandomValues(new Uint8Array(16))].map(x => x.toString(16).padStart(2, '0')).join('').replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  one('[data-told]', form)?.remove();
  begun.set(form, JSON.stringify(typed(form)));
}
function later(form, submitter) {
  const key = one('[name=key]', form)?.value, now = entry(form);
  if (submitter?.name) now.fields.push([submitter.name, submitter.value]);
  dirty = null;
  if (form.dataset.draft !== 'send' || !key || holdsSecret(form)) {
    const isKept = write(draftOf(form), now);
    return banner(form, holdsSecret(form) ? form.dataset.secret : isKept ? form.dataset.kept : form.dataset.secret, 'red');
  }
  if (!write(nameOf('wait', key), now)) return banner(form, form.dataset.secret, 'red');
  drop(draftOf(form));
  const { queued } = form.dataset, dialog = form.closest('dialog');
  renew(form);
  if (dialog) { dialog.close(); toast(queued); } else banner(form, queued, 'amber');
  count();
  soon();
}
const parsed = async answer => new DOMParser().parseFromString(await answer.text(), 'text/html');
const sentence = page => [...page.querySelectorAll('main h1 ~ p, main [role=alert]')].map(x => x.textContent.replace(/\s+/g, ' ').trim())[0] ?? '';
async function show(form, answer) {
  const page = await parsed(answer), main = one('main', page);
  const isForm = main && all('form', main).some(each => each.getAttribute('action') === form.getAttribute('action'));
  if (!isForm) return banner(form, sentence(page) || form.dataset.kept, 'red');
  one('main').replaceChildren(...main.childNodes);
  window.htmx?.process(one('main'));
  prepare(one('main'));
  one('main').scrollTop = 0;
  one('main [aria-invalid="true"]')?.focus();
}
async function token() {                                     // of the session that is here now, where it is hers
  const answer = await fetch('/_device', { headers: { 'Duyen-Device': '1' } });
  const told = answer.status === 200 ? await answer.json() : {};
  words = told.words ?? words;
  return told.device === me ? told.token : '';
}
async function send(form, submitter) {
  const body = new FormData(form, submitter), url = form.action;
  const coded = () => form.enctype.startsWith('multipart') ? body : new URLSearchParams(body);
  keep();
  write(draftOf(form), entry(form));
  if (submitter) submitter.disabled = true;
  try {
    let answer = await post(url, coded());
    const fresh = answer.status === 403 && await token();
    if (fresh) { body.set('csrfmiddlewaretoken', fresh); answer = await post(url, coded()); }   // signed out and in again meanwhile
    const to = answer.headers.get('Duyen-To');
    if (to && !isDoor(to)) drop(draftOf(form));
    if (to) { dirty = null; return location.assign(to.replace('unsaved=1', 'unsaved=kept')); }
    if (LATER.includes(answer.status)) later(form, submitter);
    else await show(form, answer);
  } catch { later(form, submitter); }
  if (submitter) submitter.disabled = false;
}
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.matches('[action="/logout"]')) return leave(event);
  if (!me || event.defaultPrevented || !form.matches('[data-draft]:not([hx-post])')) return;
  event.preventDefault();
  send(form, event.submitter);
});
function fails(event) {
  const form = event.detail.elt, { status } = event.detail.xhr;
  if (!me || !form.matches?.('form[data-draft]') || status && !LATER.includes(status)) return;
  event.stopImmediatePropagation();                         // nothing failed that anybody has to mend
  later(form);
}
function shut(event) {                                       // what a form asks by itself finds the session ended, maybe before it is sent
  const form = event.detail.elt.closest('form[data-draft]'), to = event.detail.xhr.getResponseHeader('HX-Redirect') ?? '';
  if (!me || !form || !isDoor(to)) return;
  event.preventDefault();
  dirty = null;
  write(draftOf(form), entry(form));
  location.assign(to.replace('unsaved=1', 'unsaved=kept'));
}
document.addEventListener('htmx:beforeOnLoad', shut, true);
document.addEventListener('htmx:sendError', fails, true);
document.addEventListener('htmx:responseError', fails, true);
document.addEventListener('htmx:afterRequest', event => {
  const form = event.detail.elt;
  if (!me || !form.matches?.('form[data-draft]') || event.detail.requestConfig?.verb !== 'post' || !event.detail.successful) return;
  drop(draftOf(form));
  dirty = null;
  if (form.isConnected) renew(form);
});

// --- What waits is sent once when the network is back, by her own session alone -----------------------------------------
let isSending = false, next = 0;
function soon(after = AGAIN) { clearTimeout(next); if (waiting().some(([, each]) => !each.why)) next = setTimeout(sendAll, after); }
const NEAR = /(^|\s)(hôm nay|nay|mai|mốt|kia|today|tomorrow|\+\d+|t[2-7]|cn)(\s|$)/i;   // a day counted from when it was typed
const isOfAnotherDay = each => new Date(each.at).toDateString() !== new Date().toDateString()
  && each.fields.some(([, value]) => value.length <= 40 && NEAR.test(value));
async function sendOne(name, each, proof) {
  if (isOfAnotherDay(each)) {
    write(name, { ...each, why: words.day });
    return true;
  }
  if (Date.now() - each.at > 0.9 * DAY) {                   // the server knows a form again for a day
    write(name, { ...each, why: words.old });
    return true;
  }
  const answer = await post(each.action, new URLSearchParams([...each.fields, ['csrfmiddlewaretoken', proof]]));
  const to = answer.headers.get('Duyen-To');
  if (to && isDoor(to) || LATER.includes(answer.status)) return false;
  if (to || answer.ok) {
    drop(name);
    toast(words.sent.replace('{what}', each.what || each.title), 'green');
  } else {
    write(name, { ...each, why: sentence(await parsed(answer)) || words.back });
    toast(words.back);
  }
  return true;
}
async function sendAll() {
  if (!me || isSending || document.hidden || !waiting().some(([, each]) => !each.why)) return;
  isSending = true;
  try {
    const proof = await token();
    for (const [name, each] of proof ? waiting() : []) if (!each.why && !await sendOne(name, each, proof)) break;
  } catch { /* still no network: tried again */ }
  isSending = false;
  count();
  soon();
}
function leave(event) {                                      // what was not sent is named before it goes with the session
  if (event.target.dataset.leaves === undefined && waiting().length && me) {
    event.preventDefault();
    return location.assign('/unsent?leaving=1');
  }
  names().forEach(drop);
}

for (const kind of ['input', 'change']) document.addEventListener(kind, touch);
document.addEventListener('click', event => {                 // given up on purpose
  const form = event.target.closest('.form-foot a[href]')?.closest('form[data-draft]');
  if (form && me) { dirty = null; drop(draftOf(form)); }
});
document.addEventListener('htmx:load', event => prepare(event.detail.elt));
addEventListener('pagehide', keep);
document.addEventListener('visibilitychange', () => document.hidden ? keep() : soon(FIRST));
addEventListener('online', () => soon(FIRST));
addEventListener('storage', count);
document.addEventListener('send-kept', sendAll);
prepare(document);
count();
soon(FIRST);

// --- Installing: the worker keeps our own files and the page that is shown without a network ------------------------------
if (one('link[rel=manifest]')) addEventListener('load', () => navigator.serviceWorker?.register(`/worker.js?lang=${document.documentElement.lang}`).catch(() => {}));
