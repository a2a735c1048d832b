// What forms need beyond HTML: listboxes, dates, money, rows, passwords. Attached by data- attributes.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, act) => document.addEventListener(type, act);

// --- Listboxes: the palette and comboboxes. Arrows move, Enter chooses, Esc closes ---------------------------------
// data-listbox="first" chooses the first option by itself; Home and End then lead to the first and the last one.
const listOf = input => document.getElementById(input.getAttribute('aria-controls'));
const optionsOf = input => all('[role=option]:not([aria-disabled])', listOf(input) ?? document.createElement('div'));

function choose(input, option) {
  optionsOf(input).forEach(x => x.setAttribute('aria-selected', String(x === option)));
  if (!option) return input.removeAttribute('aria-activedescendant');
  input.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}
function closeList(input) {
  if (input.closest('[data-combo]')) listOf(input)?.replaceChildren();
  input.setAttribute('aria-expanded', 'false');
  choose(input, null);
}
function take(option) {
  const combo = option.closest('[data-combo]');
  if (!combo) return;
  const input = one('[role=combobox]', combo), hidden = one('[data-chosen]', combo);
  hidden.value = option.dataset.value;
  input.value = option.dataset.label;
  closeList(input);
  input.focus();
  hidden.dispatchEvent(new Event('change', { bubbles: true }));
}
function open(option, isElsewhere) {
  if (isElsewhere && option.href) window.open(option.href, '_blank', 'noopener');
  else option.click();
}
function isEnd(event) {                                   // with Shift, and in an ordinary combobox, they move the caret
  return ['Home', 'End'].includes(event.key) && event.target.dataset.listbox === 'first' && !event.shiftKey && !event.ctrlKey;
}
// Options that stand there still belong to what was typed before: Enter waits for those that are on their way.
const isOld = input => input.dataset.listbox === 'first' && input.dataset.answered !== undefined && input.dataset.answered !== input.value;

on('keydown', event => {
  const input = event.target;
  if (!input.matches('[data-listbox]') || event.isComposing) return;
  const options = optionsOf(input), current = options.findIndex(x => x.ariaSelected === 'true');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    if (options.length) choose(input, options[(current + (event.key === 'ArrowDown' ? 1 : options.length - (current < 0 ? 0 : 1))) % options.length]);
  } else if (isEnd(event) && options.length) {
    event.preventDefault();
    choose(input, options.at(event.key === 'Home' ? 0 : -1));
  } else if (event.key === 'Enter' && isOld(input)) {
    event.preventDefault();
    input.dataset.waiting = event.ctrlKey || event.metaKey ? 'elsewhere' : 'here';
  } else if (event.key === 'Enter' && options[current]) {
    event.preventDefault();
    open(options[current], event.ctrlKey || event.metaKey);
  } else if (event.key === 'Escape' && optionsOf(input).length && input.closest('[data-combo]')) {
    event.preventDefault();
    event.stopPropagation();
    closeList(input);
  }
});
on('click', event => { const option = event.target.closest('[data-combo] [role=option]:not([aria-disabled])'); if (option) take(option); });
on('input', event => {
  if (event.target.dataset.listbox === 'first') { event.target.dataset.answered ??= ''; delete event.target.dataset.waiting; }
  const combo = event.target.matches('[role=combobox]') && event.target.closest('[data-combo]');
  if (combo) one('[data-chosen]', combo).value = '';
});
on('focusout', event => {
  const combo = event.target.closest?.('[data-combo]');
  if (combo && !combo.contains(event.relatedTarget)) setTimeout(() => { if (!combo.contains(document.activeElement)) closeList(one('[role=combobox]', combo)); }, 150);
});
on('mousedown', event => { if (event.target.closest('[data-combo] [role=option]')) event.preventDefault(); });   // keep the focus in the field
on('htmx:afterSwap', event => {
  const list = event.detail.target, box = list?.matches?.('dialog') && one('[data-listbox=first]', list);
  if (box) choose(box, optionsOf(box)[0]);
  if (!list?.matches?.('[role=listbox]')) return;
  const input = all('[data-listbox]').find(x => x.getAttribute('aria-controls') === list.id);
  if (!input) return;
  input.setAttribute('aria-expanded', String(optionsOf(input).length > 0));
  if (input.dataset.listbox !== 'first') return;
  input.dataset.answered = event.detail.requestConfig?.formData?.get(input.name) ?? '';
  choose(input, optionsOf(input)[0]);
  if (!input.dataset.waiting || isOld(input)) return;
  const { waiting } = input.dataset;
  delete input.dataset.waiting;
  if (optionsOf(input)[0]) open(optionsOf(input)[0], waiting === 'elsewhere');
});

// --- Dates: the button opens the device's own calendar; the text stays dd/mm/yyyy ------------------------------------
on('click', event => {
  const button = event.target.closest('[data-date-open]');
  if (!button) return;
  const frame = button.closest('[data-date]'), text = one('.input', frame);
  let native = one('[type=date]', frame);
  if (!native) {
    native = document.createElement('input');
    native.type = 'date';
    native.tabIndex = -1;
    native.ariaHidden = 'true';
    native.addEventListener('change', () => {
      if (!native.value) return;
      text.value = native.value.split('-').reverse().join('/');
      text.dispatchEvent(new Event('change', { bubbles: true }));
      text.focus();
    });
    frame.append(native);
  }
  const typed = text.value.match(/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/);
  native.value = typed ? `${typed[3]}-${typed[2].padStart(2, '0')}-${typed[1].padStart(2, '0')}` : '';
  native.showPicker?.();
});

// --- Money: digits are grouped while typing, the caret stays where it was -------------------------------------------
on('input', event => {
  const field = event.target;
  if (!field.matches('[data-money]')) return;
  const mark = field.dataset.money;
  if (/[^\d\s−-]/.test(field.value.replaceAll(mark, ''))) return;       // «1,2 tỷ», «640tr»: the server reads words
  const minus = /^\s*[-−]/.test(field.value) ? '−' : '';
  const right = field.value.slice(field.selectionEnd).replace(/\D/g, '').length;
  const digits = field.value.replace(/\D/g, '').replace(/^0+(?=\d)/, '');
  field.value = minus + digits.replace(/\B(?=(\d{3})+$)/g, mark);
  let at = field.value.length;
  for (let seen = 0; at > 0 && seen < right; at -= 1) if (/\d/.test(field.value[at - 1])) seen += 1;
  field.setSelectionRange(at, at);
});

// --- Rows: several phones, e-mails, addresses; what a new one names by its id gets a number of its own ------------------
let rowsAdded = 0;
function number(row) {
  rowsAdded += 1;
  for (const part of all('*', row)) for (const name of ['id', 'aria-controls', 'hx-target']) {
    const value = part.getAttribute(name);
    if (value?.includes('-new')) part.setAttribute(name, value.replace('-new', `-added${rowsAdded}`));
  }
}
on('click', event => {
  const add = event.target.closest('[data-row-add]'), remove = event.target.closest('[data-row-remove]');
  const rows = (add ?? remove)?.closest('[data-rows]');
  if (!rows) return;
  if (add) {
    const row = one('[data-row]', one('template', rows).content).cloneNode(true);
    number(row);
    one('template', rows).before(row);
    window.htmx?.process(row);
    all('[data-row] .input:not(select)', rows).at(-1)?.focus();
    return;
  }
  const row = remove.closest('[data-row]');
  if (all('[data-row]', rows).length > 1) row.remove();
  else one('.input', row).value = '';
  (one('.input', rows) ?? one('[data-row-add]', rows))?.focus();
  rows.dispatchEvent(new Event('change', { bubbles: true }));
});

// --- Passwords: show what is typed ----------------------------------------------------------------------------------------
on('click', event => {
  const button = event.target.closest('[data-reveal]');
  if (!button) return;
  const field = document.getElementById(button.getAttribute('aria-controls')), shown = field.type === 'password';
  field.type = shown ? 'text' : 'password';
  button.setAttribute('aria-pressed', String(shown));
});

// --- A derived form opens with the caret in its first field; on touch the keyboard would hide the page -----------------------
if (matchMedia('(pointer: fine)').matches && !one('main [aria-invalid="true"], main [role=alert]')) {
  one('main .form-card .input')?.focus({ preventScroll: true });
}

// --- Words that a click puts where one writes: data-insert holds them, data-into names the control ------------------
on('click', event => {
  const button = event.target.closest('[data-insert]');
  const control = button && document.getElementById(button.dataset.into);
  if (!control) return;
  const place = control.selectionStart + button.dataset.insert.length;
  control.setRangeText(button.dataset.insert, control.selectionStart, control.selectionEnd, 'end');
  control.focus();
  control.setSelectionRange(place, place);
});

// --- Fields that only some kinds of record need: marked as soon as the kind is chosen --------------------------------
function markNeeded(form) {
  const kind = form.elements.kind?.value;
  for (const control of all('[data-required-for]', form)) {
    const label = one(`label[for="${control.id}"]`, form), mark = one('.req', label ?? form);
    const isNeeded = control.dataset.requiredFor.split(' ').includes(kind);
    control.ariaRequired = String(isNeeded);
    if (!isNeeded) mark?.remove();
    else if (label && !mark) label.append(' ', Object.assign(document.createElement('span'), { className: 'req', ariaHidden: 'true', textContent: '*' }));
  }
}
const markAllNeeded = root => new Set(all('[data-required-for]', root).map(control => control.form)).forEach(form => form && markNeeded(form));
on('change', event => event.target.name === 'kind' && event.target.form && markNeeded(event.target.form));
on('htmx:load', event => markAllNeeded(event.detail.elt));
markAllNeeded(document);
