// Files of a record: dropped on its page or chosen, sent one after the other with their progress, looked through
// by the arrow keys. Without this file the same form sends them all at once.

const one = (selector, root = document) => root.querySelector(selector);
const on = (type, act) => document.addEventListener(type, act);
const token = () => JSON.parse(document.body.getAttribute('hx-headers') ?? '{}')['X-CSRFToken'] ?? '';
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map(x => x.toString(16).padStart(2, '0')).join('');

// --- A line for each file on its way: its name, how far it is, and in the end why it was refused --------------------
function line(name) {
  const item = document.createElement('li'), text = document.createElement('div'), head = document.createElement('b');
  const said = document.createElement('small'), bar = document.createElement('progress');
  text.className = 't';
  head.textContent = name;
  bar.max = 1;
  bar.ariaLabel = name;
  text.append(head, said, bar);
  item.append(text);
  return { item, move: part => { bar.value = part; }, fail: words => { said.textContent = words; said.dataset.tone = 'red'; bar.remove(); } };
}

function send(url, file, row, form) {
  return new Promise(done => {
    const request = new XMLHttpRequest(), body = new FormData();
    body.append('key', newKey());
    body.append('file', file, file.name);
    request.open('POST', url);
    request.setRequestHeader('X-CSRFToken', token());
    request.setRequestHeader('HX-Request', 'true');
    request.upload.addEventListener('progress', event => { if (event.lengthComputable) row.move(event.loaded / event.total); });
    request.addEventListener('error', () => { row.fail(form?.dataset.offline ?? ''); done(null); });
    request.addEventListener('load', () => {
      const told = JSON.parse(request.getResponseHeader('HX-Trigger') ?? '{}');
      if (request.status < 300) { row.item.remove(); return done(told); }
      row.fail(told.toast?.text ?? one('#toasts')?.dataset.failed ?? '');
      done(null);
    });
    request.send(body);
  });
}

async function sendAll(url, files) {
  if (!files.length) return;
  let form = one('form[data-upload]');
  if (!form) {                                              // dropped on another tab: the files' own tab comes first
    await window.htmx.ajax('GET', url, { target: '#tab', swap: 'innerHTML' });
    form = one('form[data-upload]');
    for (const tab of document.querySelectorAll('[data-tabs] a')) {
      if (tab.href.endsWith('tab=files')) tab.setAttribute('aria-current', 'page'); else tab.removeAttribute('aria-current');
    }
  }
  const list = one('.upload-list', form), rows = files.map(file => line(file.name));
  list.hidden = false;
  list.replaceChildren(...rows.map(row => row.item));
  const all = [];
  for (const [place, file] of files.entries()) {
    const row = rows[place];
    if (file.size > Number(form.dataset.most)) { row.fail(form.dataset.tooLarge); continue; }
    const told = await send(url, file, row, form);
    if (told) all.push(told);
  }
  const last = all.at(-1);
  if (!last) return;
  const failed = rows.filter(row => row.item.isConnected).map(row => row.item);
  document.body.dispatchEvent(new CustomEvent('toast', { bubbles: true, detail: all.length === 1 ? last.toast : { text: form.dataset.added.replace('{count}', all.length) } }));
  await refresh(last['files-changed']);
  const fresh = one('.upload-list');
  if (fresh && failed.length) { fresh.hidden = false; fresh.replaceChildren(...failed); }
}

async function refresh({ count, url }) {
  const list = one('#files');
  for (const tab of document.querySelectorAll('[data-tabs] a')) {
    if (!tab.href.endsWith('tab=files')) continue;
    one('.n', tab)?.remove();
    const number = document.createElement('span');
    number.className = 'n';
    number.textContent = String(count);
    tab.append(number);
  }
  if (list) await window.htmx.ajax('GET', list.dataset.files || url, { target: '#files', swap: 'outerHTML' });
}
on('files-changed', event => refresh(event.detail));

// --- Chosen by the field or the camera, or dropped anywhere on the record ------------------------------------------
on('change', event => {
  const field = event.target;
  if (!field.matches('form[data-upload] input[type=file]')) return;
  const form = field.closest('form'), files = [...field.files];
  field.value = '';
  sendAll(form.getAttribute('action'), files);
});
on('submit', event => { if (event.target.matches('form[data-upload]')) event.preventDefault(); });   // nothing is left to send

const carriesFiles = event => [...event.dataTransfer?.types ?? []].includes('Files');
const dropOf = event => event.target.closest?.('[data-drop]') ?? one('[data-drop]');
on('dragover', event => {
  const place = carriesFiles(event) && dropOf(event);
  if (!place || one('dialog[open]')) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'copy';
  place.dataset.over = '';
});
on('dragleave', event => { if (!event.relatedTarget) delete one('[data-drop]')?.dataset.over; });
on('drop', event => {
  const place = carriesFiles(event) && dropOf(event);
  if (!place || one('dialog[open]')) return;
  event.preventDefault();
  delete place.dataset.over;
  sendAll(place.dataset.drop, [...event.dataTransfer.files]);
});

// --- The dialog of a file: the arrows lead to the one before and the one after --------------------------------------
on('keydown', event => {
  const link = { ArrowLeft: '[data-file-previous]', ArrowRight: '[data-file-next]' }[event.key];
  if (!link || event.target.matches?.('input, textarea, select')) return;
  one(`dialog[open] ${link}`)?.click();
});
