// The list of what waits on this device: what device.js keeps, to be sent, mended or thrown away.

const me = document.body.dataset.device, root = document.querySelector('[data-waiting]');
const one = (selector, from = root) => from.querySelector(selector);
const start = kind => `duyen:${me}:${kind}:`;
const thrown = new Map();
const read = name => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
const names = kind => { try { return Object.keys(localStorage).filter(name => name.startsWith(start(kind))); } catch { return []; } };
const when = at => new Date(at).toLocaleString('en-GB', { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' }).replace(',', '');
const changed = () => dispatchEvent(new Event('storage'));

// A draft that stands already where this one goes is not lost: it waits here in its stead.
function edit(name, entry) {
  const place = start('draft') + entry.action, other = name === place ? null : read(place);
  if (other) localStorage.setItem(`${start('wait')}${Date.now()}`, JSON.stringify({ ...other, why: root.dataset.wordsOther }));
  if (name !== place) { localStorage.setItem(place, JSON.stringify(entry)); localStorage.removeItem(name); }
  location.assign(entry.url);
}
function row(kind, name, entry, isThrown) {
  const item = one('template').content.firstElementChild.cloneNode(true);
  const note = kind === 'wait' ? entry.why || root.dataset.wordsWaits : '';
  one('[data-title]', item).textContent = entry.what ? `${entry.title}: ${entry.what}` : entry.title;
  one('[data-note]', item).textContent = isThrown ? root.dataset.wordsThrown : [when(entry.at), note].filter(Boolean).join(' · ');
  if (entry.why && !isThrown) one('[data-note]', item).dataset.tone = 'red';
  one('[data-edit]', item).hidden = one('[data-throw-away]', item).hidden = isThrown;
  one('[data-take-back]', item).hidden = !isThrown;
  one('[data-edit]', item).addEventListener('click', () => edit(name, entry));
  one('[data-throw-away]', item).addEventListener('click', () => { thrown.set(name, entry); localStorage.removeItem(name); changed(); });
  one('[data-take-back]', item).addEventListener('click', () => { thrown.delete(name); localStorage.setItem(name, JSON.stringify(entry)); changed(); });
  return item;
}
function draw() {
  let shown = 0;
  for (const kind of ['wait', 'draft']) {
    const kept = names(kind).map(name => [name, read(name), false]).filter(([, entry]) => entry);
    const gone = [...thrown].filter(([name]) => name.startsWith(start(kind))).map(([name, entry]) => [name, entry, true]);
    const rows = [...kept, ...gone].sort((a, b) => a[1].at - b[1].at);
    one(`[data-list=${kind}]`).replaceChildren(...rows.map(each => row(kind, ...each)));
    one(`#${kind === 'wait' ? 'waits' : 'drafts'}`).hidden = !rows.length;
    one('[data-send-now]').hidden = !names('wait').length;
    shown += rows.length;
  }
  one('[data-none]').hidden = shown > 0;
}
// Sent once more on purpose: also what had come back.
one('[data-send-now]').addEventListener('click', () => {
  for (const name of names('wait')) {
    const entry = read(name);
    if (entry?.why) localStorage.setItem(name, JSON.stringify({ ...entry, why: '', at: Date.now() }));
  }
  document.dispatchEvent(new Event('send-kept'));
});
document.addEventListener('kept-changed', draw);
draw();
