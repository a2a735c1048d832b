// A list that one works in: cells by arrow keys, values edited in their place, rows selected and handled together.
// The table is [data-grid]; [data-grid-form] names its columns by their place, those that are edited in place with a star.
// A row with data-shut may not be changed, or not in the columns that it names. On phones the record is the place to edit.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, act, capture = false) => document.addEventListener(type, act, capture);
const isWide = () => matchMedia('(min-width: 761px)').matches;
const form = () => one('[data-grid-form]');
const rows = () => all('[data-grid] tbody tr[id]');
const off = () => (document.documentElement.dataset.keys === 'off' ? 'all' : document.documentElement.dataset.keysOff ?? '').split(' ');
const isOff = key => off().includes('all') || off().includes(key);
const isTyping = target => target.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');

// --- Which cell is what ----------------------------------------------------------------------------------------------
const nameOf = cell => {
  const place = cell.cellIndex - (one('.pin > .check', cell.parentElement) ? 1 : 0);
  return (form()?.dataset.columns ?? '').split(' ')[place] ?? '';
};
function isEditable(cell) {
  const name = nameOf(cell), shut = cell.parentElement.dataset.shut;
  if (!isWide() || !name.endsWith('*') || shut === '') return false;
  return !(shut ?? '').split(' ').includes(name.slice(0, -1));
}
// What gets the focus in a cell: its one control where it stands for the cell, or the cell itself.
const stopOf = cell => one(':scope > .check', cell) ?? (cell.matches('.name') ? one('a', cell) : null) ?? (cell.matches('.acts') ? one('button', cell) : null) ?? cell;
const cellOf = target => target.closest?.('[data-grid] tbody tr[id] > td');

// On a phone a mobile number opens Zalo too. Put in here: fifty such links are two kilobytes of a list.
function talk(root) {
  for (const link of all('.tbl a[href^="tel:"]', root)) {
    const number = /^tel:\+(84[35789]\d{8})$/.exec(link.getAttribute('href'))?.[1];
    if (!number || link.nextElementSibling?.matches('.zalo')) continue;
    const zalo = document.createElement('a');
    Object.assign(zalo, { className: 'zalo', href: `https://zalo.me/${number}`, target: '_blank', rel: 'noopener noreferrer', textContent: 'Zalo' });
    link.after(' ', zalo);
  }
}

function prepare(root = document) {
  if (!isWide()) return talk(root);
  all('[data-grid]').forEach(table => { table.role = 'grid'; });
  const fresh = root.matches?.('tr') ? [root] : all('[data-grid] tbody tr[id]', root.isConnected ? root : document);
  for (const row of fresh) {
    if (!row.id || row.dataset.ready !== undefined) continue;
    row.dataset.ready = '';
    const acts = one('td.acts:not(:has(button))', row), button = one('#row-acts');
    if (acts && button) acts.append(button.content.cloneNode(true));
    for (const cell of row.cells) {
      all('a, button, .check', cell).forEach(inner => { inner.tabIndex = -1; });
      const stop = stopOf(cell);
      stop.tabIndex = -1;
      if (isEditable(cell)) { if (stop === cell) cell.classList.add('ed'); } else if (!cell.matches('.pin, .acts')) cell.ariaReadOnly = 'true';
    }
  }
  if (!one('[data-grid] tbody [tabindex="0"]') && rows()[0]) stopOf(rows()[0].cells[rows()[0].cells.length > 2 ? 1 : 0]).tabIndex = 0;
}

// What ticking a row off asks stands in the dialog; its answer is the row.
on('click', event => {
  const tick = event.target.closest('[data-grid] a.tick');
  if (!tick || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  window.htmx?.ajax('GET', `${tick.pathname}?from=row`, { source: tick, target: '#dlg', swap: 'innerHTML' });
});

function go(cell) {
  if (!cell) return;
  const stop = stopOf(cell);
  stop.focus({ preventScroll: true });
  cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
on('focusin', event => {                                  // one stop for the tab key: where one was last
  const cell = cellOf(event.target);
  if (!cell || cell.matches('.editing')) return;
  all('[data-grid] tbody [tabindex="0"]').forEach(x => { x.tabIndex = -1; });
  stopOf(cell).tabIndex = 0;
  mark(cell.parentElement);
});
function mark(row) {
  all('[data-grid] tr.cur').forEach(x => x.classList.toggle('cur', x === row));
  row.classList.add('cur');
}

// --- The editor of a cell: opened, saved on the way, given up ----------------------------------------------------------
let open = null;                                          // { row, column, kept, from, next }: the one editor there is

const editor = () => one('[data-grid] td.editing');
const isClash = cell => Boolean(one('.clash', cell));
const said = cell => JSON.stringify([...new FormData(one('form', cell))].filter(([, value]) => typeof value === 'string'));

function edit(cell, byPointer = false) {
  const row = cell.parentElement, name = nameOf(cell).replace('*', '');
  const address = form().dataset.cellUrl ?? `${one('td.name a', row).pathname}/cell/${name}`;
  open = { row: row.id, column: cell.cellIndex, kept: cell, from: null, next: null, byPointer };
  window.htmx?.ajax('GET', address, { source: cell, target: cell, swap: 'outerHTML' });
}
function begun(cell) {                                    // the editor stands in its place: the caret goes into it
  const field = one('.input, .check', cell);
  if (open && open.from === null) open.from = said(cell);
  if (!field) return;
  field.focus();
  if (isClash(cell)) return one('.clash .btn', cell).focus();
  if (field.matches('select') && open?.byPointer) { try { field.showPicker(); } catch { /* not without a fresh press */ } }
  field.select?.();
}
function giveUp(cell = editor()) {
  if (!cell || !open) return;
  if (isClash(cell) || !open.kept) return one('[data-cancel]', cell)?.click();
  const { kept } = open;
  open = null;
  cell.replaceWith(kept);
  go(kept);
}
function save(next = null) {                              // next: what is done when it is saved, or need not be
  const cell = editor();
  if (!cell || !open) return next?.();
  if (cell.dataset.busy !== undefined || isClash(cell)) return;
  const option = one('[aria-activedescendant]', cell) && one('[role=option][aria-selected=true]', cell);
  if (option) { cell.dataset.choosing = ''; option.click(); delete cell.dataset.choosing; }
  if (said(cell) === open.from) {
    giveUp(cell);
    return next?.();
  }
  open.next = next;
  cell.dataset.busy = '';
  one('form', cell).requestSubmit();
}
function neighbour(cell, step) {
  const cells = rows().flatMap(row => [...row.cells].filter(x => x === cell || x.matches('.editing') || isEditable(x)));
  return cells[cells.indexOf(cell) + step] ?? null;
}
const again = place => () => {                            // the row may be another one by now: found by its id
  const row = document.getElementById(place.row);
  if (row) edit(row.cells[place.column]);
};

on('click', event => {
  const cell = cellOf(event.target);
  if (!cell || event.target.closest('a, button, input, label, .editing') || !isEditable(cell) || stopOf(cell) !== cell) return;
  if (editor()) save(again({ row: cell.parentElement.id, column: cell.cellIndex }));
  else edit(cell, true);
});
on('keydown', event => {                                  // before the page's own keys, which submit forms and close menus
  const cell = event.target.closest?.('td.editing');
  if (!cell || event.isComposing || isClash(cell) && event.key !== 'Escape') return;
  const isListOpen = one('[role=combobox][aria-expanded=true]', cell);
  if (event.key === 'Escape' && !isListOpen) { event.preventDefault(); event.stopPropagation(); giveUp(cell); }
  if (event.key === 'Tab') {
    event.preventDefault();
    const other = neighbour(cell, event.shiftKey ? -1 : 1), here = { row: cell.parentElement.id, column: cell.cellIndex };
    const place = other && { row: other.parentElement.id, column: other.cellIndex };
    save(place ? again(place) : () => go(document.getElementById(here.row)?.cells[here.column]));
  }
  if (event.key === 'Enter' && !(isListOpen && one('[aria-activedescendant]', cell)) && !event.target.matches('button')) { event.preventDefault(); event.stopPropagation(); save(); }
}, true);
on('change', event => {                                   // a choice from a list that a press opened is made: nothing more to say
  const cell = event.target.closest?.('td.editing');
  if (!cell || cell.dataset.choosing !== undefined) return;
  if (event.target.matches('[data-chosen]') || event.target.matches('select') && open?.byPointer) save();
});
on('focusout', event => {
  const cell = event.target.closest?.('td.editing');
  if (!cell || !cell.isConnected || cell.dataset.busy !== undefined || isClash(cell) || !document.hasFocus()) return;
  if (event.relatedTarget && cell.contains(event.relatedTarget)) return;
  setTimeout(() => { if (cell.isConnected && !cell.contains(document.activeElement) && cell === editor()) leave(cell); }, 160);
});
function leave(cell) {                                    // the focus is somewhere else by now, and stays there
  const there = document.activeElement;
  if (said(cell) !== open?.from) return save(() => there?.isConnected && there.focus());
  const { kept } = open;
  open = null;
  cell.replaceWith(kept);
}

// --- Answers: a row comes back in its place, or goes -------------------------------------------------------------------
let coming = null;                                        // what the row that is replaced had
on('htmx:beforeSwap', event => {
  const row = event.detail.target;
  if (!row?.matches?.('[data-grid] tbody tr[id]')) return;
  coming = { id: row.id, selected: Boolean(one('.pin > .check:checked', row)), isCurrent: row.contains(document.activeElement) || open?.row === row.id || row.matches('.cur') };
  if (event.detail.xhr.getResponseHeader('HX-Reswap') !== 'delete') return;
  const next = [row.nextElementSibling, row.previousElementSibling].find(x => x?.matches('tr[id]'));
  open = coming = null;
  setTimeout(() => { if (next?.isConnected) go(one('td.name', next)); showSelection(); }, 60);
});
on('htmx:load', event => {
  const fresh = event.detail.elt;
  if (fresh.matches?.('td.editing')) return begun(fresh);
  if (!fresh.matches?.('tr[id], .list-page, #found')) return;
  prepare(fresh);
  if (coming?.id === fresh.id) returned(fresh);
  if (one('[data-all] .check:checked')) boxes().forEach(box => { box.checked = true; });
  showSelection();
});
function returned(row) {
  const { selected, isCurrent } = coming, place = open, next = open?.next;
  const box = one('.pin > .check', row);
  if (box) box.checked = selected;
  open = coming = null;
  if (next) return next();
  if (isCurrent) go(row.cells[place?.column ?? row.cells.length - 1]);
}
on('htmx:responseError', () => { const cell = editor(); if (cell) delete cell.dataset.busy; });
on('htmx:sendError', () => { const cell = editor(); if (cell) delete cell.dataset.busy; });

// --- Keys: arrows between cells, J and K between rows, X selects, Enter, E or F2 edits ----------------------------------
function moved(cell, event) {
  const list = rows(), at = list.indexOf(cell.parentElement), page = 10;
  const row = step => list[Math.max(0, Math.min(list.length - 1, at + step))];
  const first = event.ctrlKey ? list[0] : cell.parentElement, last = event.ctrlKey ? list.at(-1) : cell.parentElement;
  return {
    ArrowUp: () => row(-1).cells[cell.cellIndex], ArrowDown: () => row(1).cells[cell.cellIndex],
    ArrowLeft: () => cell.previousElementSibling ?? cell, ArrowRight: () => cell.nextElementSibling ?? cell,
    PageUp: () => row(-page).cells[cell.cellIndex], PageDown: () => row(page).cells[cell.cellIndex],
    Home: () => first.cells[0], End: () => last.cells[last.cells.length - 1],
  }[event.key]?.();
}
function current() {
  const row = one('[data-grid] tr.cur');
  return cellOf(document.activeElement) ?? (row && one('td.name', row));
}
function editHere(cell) {
  const here = isEditable(cell) ? cell : [...cell.parentElement.cells].find(isEditable);
  if (here) edit(here);
  return Boolean(here);
}
const select = (row, shiftKey) => one('.pin > .check', row)?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey }));
function pressed(event, key) {                            // gives whether the key was for the grid
  const cell = current(), inside = cellOf(event.target);
  if ((key === 'j' || key === 'k') && !isOff(key)) {
    const list = rows(), at = list.indexOf(one('[data-grid] tr.cur'));
    const row = list[Math.max(0, Math.min(list.length - 1, at + (key === 'j' ? 1 : -1)))];
    go(row?.cells[inside && !inside.matches('.pin, .acts') ? inside.cellIndex : one('td.name', row).cellIndex]);
    return Boolean(row);
  }
  if (!cell) return false;
  if (key === 'x' && !isOff('x')) { select(cell.parentElement, event.shiftKey); return true; }
  const lead = one('#list')?.getAttribute(`data-lead-${key}`);
  if (/^[a-z]$/.test(key) && lead && !isOff(key)) {
    window.htmx?.ajax('GET', `${one('td.name a', cell.parentElement).pathname}/${lead}`, { target: '#dlg', swap: 'innerHTML' });
    return true;
  }
  if (key === 'f2' && inside?.ariaReadOnly) return true;    // it edits its own cell, or none
  if (key === 'f2' || key === 'e' && !isOff('e')) return editHere(cell);
  if (key !== 'enter' || event.target.closest('a, button, input')) return false;
  if (!inside || !isEditable(inside)) { ((inside && one('a', inside)) ?? one('td.name a', cell.parentElement))?.click(); return true; }
  edit(inside);
  return true;
}
on('keydown', event => {
  if (event.isComposing || event.defaultPrevented || !isWide() && !['j', 'k', 'x', 'Enter'].includes(event.key)) return;
  if (!rows().length || isTyping(event.target) || one('dialog[open]') || one(':popover-open') || event.altKey || event.metaKey) return;
  const inside = cellOf(event.target);
  const to = inside && (!event.ctrlKey || ['Home', 'End'].includes(event.key)) ? moved(inside, event) : null;
  if (to) { event.preventDefault(); return go(to); }
  if (event.ctrlKey) return;
  if (inside && event.shiftKey && event.key === ' ') { event.preventDefault(); one('.pin > .check', inside.parentElement)?.click(); return; }
  if (event.key === 'Escape') return clearSelection();
  if (pressed(event, event.key.toLowerCase())) event.preventDefault();
});

on('keydown', event => {                                  // from the search box down to the rows
  if (event.key !== 'ArrowDown' || event.isComposing || !event.target.matches?.('#find') || !rows().length) return;
  event.preventDefault();
  go(one('td.name', rows()[0]));
});

// --- Selected rows, and all that the list shows. On phones [data-choose] brings the boxes; then a tap selects the row -------
const isChoosing = () => !isWide() && one('[data-choose]')?.ariaPressed === 'true';
on('click', event => {
  const button = event.target.closest('[data-choose]');
  if (button) {
    button.ariaPressed = String(button.ariaPressed !== 'true');
    return button.ariaPressed === 'true' ? showSelection() : clearSelection();
  }
  const row = isChoosing() && event.target.closest('[data-grid] tbody tr[id]');
  if (!row || event.target.closest('.check')) return;
  event.preventDefault();
  event.stopPropagation();
  one('.pin > .check', row)?.click();
}, true);
const boxes = () => all('[data-grid] td > .check');
let lastBox = null;

function showSelection() {
  all('[data-grid]').forEach(table => table.classList.toggle('choosing', isChoosing()));
  const chosen = boxes().filter(box => box.checked).length, total = boxes().length;
  const everything = one('[data-all]'), offered = total > 0 && chosen === total && Boolean(one('[data-grid] tr.more'));
  boxes().forEach(box => {
    if (box.checked) box.closest('tr').setAttribute('aria-selected', 'true');
    else box.closest('tr').removeAttribute('aria-selected');
  });
  all('[data-select-all]').forEach(box => { box.checked = total > 0 && chosen === total; box.indeterminate = chosen > 0 && chosen < total; });
  if (everything) {
    const box = one('.check', everything), number = one('.views [aria-current] .n')?.textContent;
    if (!offered && !(box.checked && chosen === total)) box.checked = false;
    everything.hidden = !offered && !box.checked;
    if (number) one('span', everything).textContent = everything.dataset.all.replace('{n}', number);
  }
  all('[data-bulk]').forEach(bar => {
    const count = one('[data-count]', bar), isAll = one('[data-all] .check', bar)?.checked;
    bar.hidden = !chosen;
    count.hidden = Boolean(isAll);
    count.textContent = count.dataset.count.replace('{n}', chosen);
  });
}
function clearSelection() {
  boxes().forEach(box => { box.checked = false; });
  showSelection();
}
on('clear-selection', clearSelection);                   // HX-Trigger: a job has taken the rows over
on('change', event => {
  if (event.target.matches('[data-select-all]')) boxes().forEach(box => { box.checked = event.target.checked; });
  if (event.target.matches('[data-select-all], [data-grid] td > .check, [data-all] .check')) showSelection();
});
on('click', event => {
  if (event.target.closest('[data-clear]')) { clearSelection(); go(current()); }
  const box = event.target.closest('[data-grid] td > .check');
  if (!box) return;
  const list = boxes(), from = list.indexOf(lastBox), to = list.indexOf(box);
  if (event.shiftKey && from >= 0) list.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(x => { x.checked = box.checked; });
  lastBox = box;
  showSelection();
});

// --- Copy: data-copy-link is an address of ours ---------------------------------------------------------------------------------
on('click', async event => {
  const item = event.target.closest('[data-copy-link]');
  if (!item) return;
  const text = new URL(item.dataset.copyLink, location.href).href;
  try { await navigator.clipboard.writeText(text); } catch {                       // not offered without HTTPS
    const box = document.body.appendChild(Object.assign(document.createElement('textarea'), { value: text }));
    box.select();
    document.execCommand('copy');
    box.remove();
  }
  document.body.dispatchEvent(new CustomEvent('toast', { bubbles: true, detail: { text: item.dataset.copied } }));
});

prepare();
showSelection();
