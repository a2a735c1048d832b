// What HTML cannot do alone, on every page. Each part is attached by data- attributes; no framework, no globals,
// no eval (the page's policy is script-src 'self'). Words come from the server, in the reader's language.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, act) => document.addEventListener(type, act);
const words = () => one('#toasts')?.dataset ?? {};

// --- Dialogs: data-open="#id" opens one that stands in the page; what is fetched into #dlg opens by itself -------
let opener = null;

function openDialog(dialog, from) {
  if (!dialog) return;
  const first = () => one('[autofocus]', dialog) ?? one('input:not([type=hidden]), select, textarea', dialog) ?? one('button', dialog);
  if (dialog.open) return first()?.focus();               // what stood in it opened this: the opener stays who it was
  const menu = from?.closest('[popover]');                  // a menu's item is gone by then: back to the menu's button
  opener = (menu && buttonOf(menu)) ?? from ?? document.activeElement;
  dialog.showModal();
  first()?.focus();
}

on('click', event => {
  const from = event.target.closest('[data-open]');
  if (from) { event.preventDefault(); openDialog(one(from.dataset.open), from); }
  if (event.target.closest('[data-close]')) event.target.closest('dialog')?.close();
  if (event.target.matches('dialog')) event.target.close();                      // the scrim
});
document.addEventListener('close', event => {                                     // "close" does not bubble
  if (!event.target.matches('dialog')) return;
  if (event.target.matches('[data-dialog]')) event.target.replaceChildren();
  if (opener?.isConnected) opener.focus();
}, true);
on('submit', event => {                                  // its answer is a file: the page stays, the dialog has done its work
  if (event.target.matches('form[data-leaves]')) setTimeout(() => event.target.closest('dialog')?.close());
});
on('close-dialog', () => all('dialog[open]').forEach(dialog => dialog.close()));  // HX-Trigger: close-dialog

// --- Menus: a popover is placed under the button that opened it ----------------------------------------------------
let caller = null;                                        // several buttons may open one menu: it stands under the one pressed
on('click', event => {
  caller = event.target.closest('[popovertarget]') ?? caller;
  const filled = event.target.closest('[data-fill]');      // without an address of its own it asks for the menu of its row
  if (!filled) return;
  const fill = filled.dataset.fill || `${one('td.name a', filled.closest('tr')).pathname}/menu`;
  window.htmx?.ajax('GET', fill, { target: `#${caller.getAttribute('popovertarget')}`, swap: 'innerHTML' });
});
function buttonOf(menu) {
  const opens = `[popovertarget="${menu.id}"]`;
  return caller?.isConnected && caller.matches(opens) ? caller : all(opens).find(x => x.getClientRects().length);
}
function place(menu) {
  const button = buttonOf(menu);
  if (button) {
    const at = button.getBoundingClientRect(), size = menu.getBoundingClientRect(), edge = 8;
    menu.dataset.placed = '';
    const below = at.bottom + 4 + size.height < innerHeight;
    menu.style.left = `${Math.max(edge, Math.min(at.left, innerWidth - size.width - edge))}px`;
    menu.style.top = `${below ? at.bottom + 4 : Math.max(edge, at.top - size.height - 4)}px`;
  }
  one('[autofocus], .mi:not([aria-disabled]), a, input:not([type=hidden], :disabled), select', menu)?.focus({ preventScroll: true });
}
document.addEventListener('toggle', event => {
  if (event.target.matches?.('[data-menu]') && event.newState === 'open') place(event.target);
}, true);
on('htmx:afterSwap', event => {                           // what was fetched into an open menu may be larger than what stood there
  const target = event.detail.target;                      // one that was replaced itself stands nowhere any more
  const menu = target?.isConnected ? target.closest('[data-menu]') : one('[data-menu]:popover-open');
  if (menu?.matches(':popover-open') && (target.isConnected || !menu.contains(document.activeElement))) place(menu);
});
on('click', event => {
  const item = event.target.closest('[data-menu] .mi');
  if (item && !item.matches('[aria-disabled], [data-stays]')) item.closest('[popover]').hidePopover();
});
on('keydown', event => {
  const menu = event.target.closest('[data-menu]');
  if (!menu || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
  event.preventDefault();
  const items = all('.mi', menu), step = event.key === 'ArrowDown' ? 1 : items.length - 1;
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
});

// --- Keyboard: data-key="c" is pressed or focused by its key, data-go="k" by G then K, data-then="k" in a menu ------
// <html data-keys-off="j k"> holds the single keys that the reader turned off, "all" for every one.
const typing = target => target.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
const off = () => document.documentElement.dataset.keysOff ?? '';
const isOff = key => off() === 'all' || off().split(' ').includes(key);
// A Vietnamese typing tool may turn a letter into another one (đ) outside of fields too: then the key itself counts.
const signOf = event => (/^Key[A-Z]$/.test(event.code) && !/^[\x20-\x7e]$|^\w{2,}$/.test(event.key) ? event.code.slice(3) : event.key).toLowerCase();
let goingSince = 0;

// Where each answer opens the next page (data-settles), a key that is held, or pressed twice, counts once.
const SETTLED = 500;

function press(target) {
  if (target.matches('input, select, textarea')) { target.focus(); target.select?.(); } else target.click();
}

on('keydown', event => {
  if (event.isComposing || event.defaultPrevented) return;
  const key = signOf(event), mod = event.ctrlKey || event.metaKey;
  if (mod && key === 'enter' && event.target.closest('form') && !event.target.matches('[role=combobox][aria-expanded=true]')) {
    event.preventDefault();
    return event.target.closest('form').requestSubmit();
  }
  const bound = mod && !event.altKey && all(`[data-key="mod+${CSS.escape(key)}"]`).at(-1);
  const isFields = key === 'z' && (event.shiftKey || typing(event.target));                  // a field undoes for itself
  if (bound && !isFields) { event.preventDefault(); return press(bound); }
  // Where one key settles a page, Esc leaves the field, so that keys are keys again.
  if (key === 'escape' && typing(event.target)?.closest('[data-settles]')) return event.target.blur();
  if (mod || event.altKey || typing(event.target) || off() === 'all') return;
  const menu = all('[popover]').find(x => x.matches(':popover-open'));
  const then = menu && one(`[data-then="${CSS.escape(key)}"]`, menu);
  if (then) { event.preventDefault(); return press(then); }
  if (menu || one('dialog[open]')) return;
  if (Date.now() - goingSince < 1200) {
    goingSince = 0;
    const to = one(`[data-go="${CSS.escape(key)}"]`);
    if (to) { event.preventDefault(); to.click(); }
    return;
  }
  if (isOff(key)) return;
  if (key === 'g') { goingSince = Date.now(); return; }
  const target = all(`[data-key="${CSS.escape(key)}"]`).find(x => x.getClientRects().length) ?? one(`[data-key="${CSS.escape(key)}"]`);
  if (target?.closest('[data-settles]') && (event.repeat || performance.now() < SETTLED)) return;
  if (target) { event.preventDefault(); press(target); }
});

on('keys', event => { document.documentElement.dataset.keysOff = event.detail.off; });   // HX-Trigger: {"keys": {"off": "j k"}}

// --- Values edited in place on a record: Enter or F2 opens the editor, Esc gives it up; lists have grid.js ---------
on('keydown', event => {
  const value = event.target.closest('dd.ed');
  if (value && value === event.target && ['Enter', 'F2'].includes(event.key)) {
    event.preventDefault();
    value.dispatchEvent(new Event('edit'));                // its hx-trigger; filters like [key=='Enter'] need eval
  }
  if (event.key !== 'Escape' || event.defaultPrevented) return;
  const editor = event.target.closest('dd.editing');
  if (editor) { event.preventDefault(); one('[data-cancel]', editor)?.click(); }
});

// --- Toasts: HX-Trigger: {"toast": {"text": "…", "tone": "green", "undo": "/url"}} ---------------------------------
function leave(toast, after = 6000) {
  setTimeout(() => toast.matches(':hover, :focus-within') ? leave(toast, 2000) : toast.remove(), after);
}
function show({ text, undo, tone = 'green' }) {
  const toast = document.createElement('div'), dot = document.createElement('span'), said = document.createElement('span');
  toast.className = 'toast';
  dot.className = 'dot';
  dot.dataset.tone = tone;
  said.textContent = text;
  toast.append(dot, said);
  if (undo) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn sm ghost';
    button.textContent = words().undo;
    button.dataset.key = 'mod+z';
    button.addEventListener('click', () => { toast.remove(); window.htmx?.ajax('POST', undo, { source: document.body, target: document.body, swap: 'none' }); });
    toast.append(button);
  }
  one('#toasts')?.append(toast);
  leave(toast);
}
on('toast', event => show(event.detail));
all('#toasts [data-auto]').forEach(toast => leave(toast));

// --- Requests that failed: a part that could not be read says so in its place; a write that failed is a toast --------
function failed(event, text) {
  const { elt, target, requestConfig } = event.detail;
  if (elt?.matches?.('[data-quiet]')) return;             // asked by itself while one types: nobody waits for it
  const reading = requestConfig?.verb === 'get';
  if (!reading || !target?.isConnected || target.matches('dialog, body')) return show({ text: reading ? words().unread : text, tone: 'red' });
  const banner = document.createElement('div'), said = document.createElement('div'), again = document.createElement('button');
  banner.className = 'banner';
  banner.dataset.tone = 'red';
  banner.role = 'alert';
  said.className = 'grow';
  said.textContent = words().unread;
  again.type = 'button';
  again.className = 'btn sm';
  again.textContent = words().retry;
  again.addEventListener('click', () => {
    banner.remove();
    window.htmx?.ajax('GET', requestConfig.path, { source: elt, target, swap: elt.getAttribute('hx-swap') ?? 'innerHTML' });
  });
  banner.append(said, again);
  const place = target.matches('tr') ? one('td', target) : target.matches('ul') ? null : target;
  place ? place.prepend(banner) : show({ text, tone: 'red' });
}
on('htmx:responseError', event => {
  if (event.detail.xhr.getResponseHeader('HX-Trigger')?.includes('"toast"')) return;    // the server has said why
  failed(event, words().failed);
});
on('htmx:sendError', event => failed(event, words().offline));
on('htmx:timeout', event => failed(event, words().offline));
on('htmx:beforeSwap', event => {                      // a clash (409) that says where it belongs is shown, not dropped
  const { xhr } = event.detail;
  if (xhr.status === 409 && xhr.getResponseHeader('HX-Reswap')) { event.detail.shouldSwap = true; event.detail.isError = false; }
});

// --- What asks again by the clock (data-calm) rests while nobody looks ----------------------------------------------
on('htmx:beforeRequest', event => { if (document.hidden && event.target.matches('[data-calm]')) event.preventDefault(); });

// --- After a swap: dialogs open, the first invalid field and the edited cell get the focus -------------------------
let edited = null;
on('htmx:beforeSwap', event => { edited = event.detail.target?.matches?.('dd') ? event.detail.target.id : null; });
on('htmx:afterSwap', event => {
  const { target, xhr, requestConfig } = event.detail;       // an answer that swaps nothing has closed it: it stays closed
  if (target?.matches?.('dialog') && xhr?.getResponseHeader('HX-Reswap') !== 'none') openDialog(target, requestConfig?.elt);
});
on('htmx:load', event => {
  const fresh = event.detail.elt;
  one('[aria-invalid="true"]', fresh)?.focus();
  if (fresh.matches?.('dd.editing')) { const field = one('.input', fresh); field?.focus(); field?.select?.(); }
  else if (edited && fresh.id === edited) { fresh.focus(); edited = null; }
  prepare(fresh);
});
on('reset-form', event => event.target.closest('form')?.reset());                 // HX-Trigger: reset-form
on('click', event => {
  const tab = event.target.closest('[data-tabs] a[hx-get]');
  if (!tab || event.ctrlKey || event.metaKey) return;
  all('[aria-current]', tab.closest('[data-tabs]')).forEach(x => x.removeAttribute('aria-current'));
  tab.setAttribute('aria-current', 'page');
});
on('click', event => { if (event.target.closest('[aria-disabled="true"]')) event.preventDefault(); });

// --- Theme and density: kept in a cookie, so that the server draws the next page right -------------------------------
on('click', event => {
  const choice = event.target.closest('[data-preference]');
  if (!choice) return;
  const { preference, value } = choice.dataset;
  if (value) document.documentElement.dataset[preference] = value;
  else delete document.documentElement.dataset[preference];
  document.cookie = `duyen_${preference}=${value}; path=/; samesite=lax; max-age=${value ? 31536000 : 0}`;
});

// --- The navigation: what is unfolded there is kept in a cookie too ----------------------------------------------------
on('click', event => {
  const fold = event.target.closest('[data-fold]');
  if (!fold) return;
  const name = fold.dataset.fold, isOpen = fold.getAttribute('aria-expanded') !== 'true';
  fold.setAttribute('aria-expanded', isOpen);
  one(`#${fold.getAttribute('aria-controls')}`).hidden = !isOpen;
  const kept = (/(?:^|; )duyen_unfolded=([^;]*)/.exec(document.cookie)?.[1] ?? '').split('.').filter(x => x && x !== name);
  if (isOpen) kept.push(name);
  document.cookie = `duyen_unfolded=${kept.join('.')}; path=/; samesite=lax; max-age=31536000`;
});

// --- Words that are cut are shown whole on pointing ------------------------------------------------------------------
on('pointerover', event => {
  const words = event.target.closest?.('.ell:not([title])');
  if (words && words.scrollWidth > words.clientWidth) words.title = words.textContent;
});

// --- Small preparations of what the server cannot know ---------------------------------------------------------------
function prepare(root) {
  all('[data-mixed]', root).forEach(box => { box.indeterminate = true; });
  all('[data-scrolls]', root).forEach(strip => {            // what scrolls is reached by keyboard, also when it holds no control
    const scrolls = strip.scrollWidth > strip.clientWidth || strip.scrollHeight > strip.clientHeight + 1;
    const here = one('[aria-current]', strip);
    if (scrolls && here) strip.scrollLeft = here.offsetLeft - strip.offsetLeft - 40;
    if (scrolls && !one('a[href], button, input, select, textarea, [tabindex]', strip)) strip.tabIndex = 0;
  });
}
prepare(document);
one('main [aria-invalid="true"]')?.focus();
