// The form above a timeline: @ finds colleagues, / chooses what it is, files are dropped into it; digits choose in a
// dialog that says so. Without this file names are typed whole, kinds are chosen by their buttons, files by the field.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, act, capture = false) => document.addEventListener(type, act, capture);
const formOf = target => target.closest?.('[data-composer]');

// --- Suggestions under the text: the arrows move, Enter or Tab takes, Esc closes -----------------------------------------
// What was chosen before its answer came is taken from that answer, never from the names of fewer letters.
let asked = 0, isChosen = false;
const listOf = area => one('[role=listbox]', area.form);
const rowsOf = area => all('[role=option]:not([aria-disabled])', listOf(area));
function close(area) {
  const list = listOf(area);
  asked += 1;
  list.hidden = true;
  list.replaceChildren();
  area.removeAttribute('aria-activedescendant');
}
function mark(area, row) {
  for (const each of rowsOf(area)) each.ariaSelected = String(each === row);
  area.setAttribute('aria-activedescendant', row?.id ?? '');
}
// What stands before the caret from the sign on: «@hồng h», or «/v» at the beginning of a line.
function wanted(area) {
  const before = area.value.slice(0, area.selectionEnd);
  const name = /(?:^|[\s(])@([^\n@]{0,40})$/.exec(before), kind = /(?:^|\n)\/([^\s/]{0,12})$/.exec(before);
  if (name && name[1].split(' ').length < 5) return { sign: '@', words: name[1], from: before.length - name[1].length - 1 };
  return kind ? { sign: '/', words: kind[1], from: before.length - kind[1].length - 1 } : null;
}
function show(area, rows, words) {
  const list = listOf(area);
  list.dataset.words = words;
  list.replaceChildren(...rows);
  list.hidden = !rows.length;
  rows.forEach((row, place) => { row.id = `${list.id}-${place}`; });
  mark(area, rowsOf(area)[0]);
}
const plain = text => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/gi, 'd').toLowerCase();
function kinds(area, words) {
  return all('[name=kind]', area.form).filter(radio => plain(radio.parentElement.textContent).includes(plain(words))).map(radio => {
    const row = document.createElement('li');
    row.className = 'mi';
    row.setAttribute('role', 'option');
    row.textContent = radio.parentElement.textContent.trim();
    row.dataset.kind = radio.value;
    return row;
  });
}
async function suggest(area) {
  const want = wanted(area);
  if (!want) return close(area);
  if (want.sign === '/') return show(area, kinds(area, want.words), want.words);
  if (!want.words.trim()) return close(area);
  asked += 1;
  const mine = asked;
  const answer = await fetch(`${area.dataset.mentions}?q=${encodeURIComponent(want.words)}`, { headers: { 'HX-Request': 'true' } });
  if (mine !== asked || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  show(area, all('[role=option]:not([aria-disabled])', page), want.words);
  if (isChosen && rowsOf(area).length) take(area, rowsOf(area)[0]);
  isChosen = false;
}
function take(area, row) {
  const want = wanted(area);
  if (!want) return close(area);
  const end = area.selectionEnd, said = want.sign === '@' ? `@${row.dataset.label} ` : '';
  area.setRangeText(said, want.from, end, 'end');
  if (row.dataset.kind) one(`[name=kind][value=${row.dataset.kind}]`, area.form).click();
  close(area);
  area.focus();
  area.dispatchEvent(new Event('input', { bubbles: true }));
}
const areaOf = target => target.matches?.('[data-mentions]') ? target : null;
on('input', event => {
  const area = areaOf(event.target);
  if (!area) return;
  area.style.setProperty('--h', `${area.scrollHeight}px`);
  isChosen = false;
  suggest(area);
});
on('keydown', event => {
  const area = areaOf(event.target);
  if (!area || listOf(area).hidden || event.isComposing) return;
  const rows = rowsOf(area), current = rows.findIndex(row => row.ariaSelected === 'true');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') mark(area, rows[(current + (event.key === 'ArrowDown' ? 1 : rows.length - 1)) % rows.length]);
  else if (['Enter', 'Tab'].includes(event.key) && !event.ctrlKey && !event.metaKey && rows[current]) {
    const want = wanted(area);
    isChosen = want !== null && want.words !== listOf(area).dataset.words;
    if (!isChosen) take(area, rows[current]);
  } else if (event.key === 'Escape') close(area);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
on('mousedown', event => { if (formOf(event.target) && event.target.closest('[role=option]')) event.preventDefault(); });
on('click', event => {
  const row = formOf(event.target) && event.target.closest('[role=option]');
  if (row) take(one('[data-mentions]', formOf(row)), row);
});
on('focusout', event => { const area = areaOf(event.target); if (area) setTimeout(() => { if (area.isConnected && document.activeElement !== area) close(area); }, 150); });

// --- Files: chosen, dropped, pasted; each named under the text -------------------------------------------------------
function name(form) {
  const list = one('[data-chosen-files]', form), files = [...one('[type=file]', form).files];
  list.hidden = !files.length;
  list.replaceChildren(...files.map(file => {
    const item = document.createElement('li');
    item.className = 'badge';
    item.textContent = file.name;
    return item;
  }));
}
function add(form, files) {
  const field = one('[type=file]', form), all_ = new DataTransfer();
  for (const file of [...field.files, ...files]) all_.items.add(file);
  field.files = all_.files;
  name(form);
}
const carries = event => [...event.dataTransfer?.types ?? []].includes('Files');
on('change', event => { const form = formOf(event.target); if (form && event.target.type === 'file') name(form); });
on('dragover', event => {
  const form = carries(event) && formOf(event.target);
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  form.dataset.over = '';
}, true);
on('dragleave', event => { const form = formOf(event.target); if (form && !form.contains(event.relatedTarget)) delete form.dataset.over; });
on('drop', event => {
  const form = carries(event) && formOf(event.target);
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  delete form.dataset.over;
  add(form, event.dataTransfer.files);
}, true);
on('paste', event => {
  const form = formOf(event.target), files = event.clipboardData?.files ?? [];
  if (form && files.length) { event.preventDefault(); add(form, files); }
});

// --- After it was kept: an empty form with a key of its own ----------------------------------------------------------
on('composed', event => {
  for (const form of all('[data-composer]')) {
    form.reset();
    one('[name=key]', form).value = event.detail.key;
    name(form);
    one('textarea', form).style.removeProperty('--h');
    form.dispatchEvent(new Event('change', { bubbles: true }));
  }
});
// What leads here by its address (#composer) begins to write.
if (location.hash === '#composer-body') one('#composer-body')?.focus();

// --- A dialog in which a digit chooses and Enter sends -----------------------------------------------------------------
on('keydown', event => {
  const form = event.target.closest?.('form[data-digits]');
  if (!form || event.target.matches('textarea, select, input:not([type=radio])') || !/^[1-9]$/.test(event.key)) return;
  const radio = all('.digits [type=radio]', form)[Number(event.key) - 1];
  if (!radio) return;
  event.preventDefault();
  radio.checked = true;
  radio.focus();
});
