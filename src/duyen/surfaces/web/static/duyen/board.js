// A board: cards go into another lane by a drag (drag.js says when), by Shift and an arrow, by M and a dialog. The server
// decides: a card that it refuses stands where it stood. Without a script each card has a link to a page that does the same.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, act) => document.addEventListener(type, act);
const lanes = card => all('[data-lane]', card.closest('[data-board]'));
const laneOf = element => element?.closest?.('.lane')?.querySelector('[data-lane]');
const wayOf = card => one('a.go', card);
const focus = card => one('.nm a', card)?.focus({ preventScroll: true });
const isOff = key => (document.documentElement.dataset.keysOff ?? '').split(' ').some(x => x === 'all' || x === key);

// --- Sending a card, and putting it back --------------------------------------------------------------------------------
let sent = null;                                          // { card, lane, next }: the card on its way, and where it stood

function send(card, lane) {
  const way = wayOf(card);
  if (!way || sent) return;
  sent = { card, lane: card.parentElement, next: card.nextElementSibling };
  lane.prepend(card);
  card.ariaBusy = 'true';
  window.htmx?.ajax('POST', way.getAttribute('href'), { source: card, target: card, swap: 'outerHTML', values: { lane: lane.dataset.lane, v: card.dataset.v } })
    .finally(() => back());
}
function back() {                                         // what was not answered with a card stands where it stood
  if (!sent) return;
  const { card, lane, next } = sent;
  sent = null;
  card.removeAttribute('aria-busy');
  if (!card.isConnected || !lane.isConnected) return;
  lane.insertBefore(card, next?.isConnected ? next : null);
  if (!one('dialog[open]')) focus(card);
}
on('htmx:beforeSwap', event => {
  const { target, xhr } = event.detail;
  if (!sent || !target) return;
  if (target.id === sent.card.id && xhr.status < 300) sent = null; else back();
});
on('htmx:load', event => {                                // it came back: into its lane, wherever it was when it was sent
  const card = event.detail.elt;
  if (!card.matches?.('.deal[data-at]')) return;
  const lane = all('[data-lane]').find(x => x.dataset.lane === card.dataset.at);
  if (lane && card.parentElement !== lane) lane.prepend(card);
  card.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  setTimeout(() => { if (!one('dialog[open]')) focus(card); }, 60);
});

// --- By a mouse, a pen or a finger ---------------------------------------------------------------------------------------
const ghost = document.createElement('div');
ghost.className = 'ghost-card';
ghost.ariaHidden = 'true';
let edge = 0;

function roll(board, x) {                                 // near an edge the board goes on by itself
  const at = board.getBoundingClientRect(), near = 56;
  edge = x > at.right - near ? 12 : x < at.left + near ? -12 : 0;
  if (edge && !board.dataset.rolls) {
    board.dataset.rolls = '1';
    const step = () => { if (!edge) return delete board.dataset.rolls; board.scrollLeft += edge; requestAnimationFrame(step); };
    requestAnimationFrame(step);
  }
}
function drop(card) {
  edge = 0;
  ghost.remove();
  card.classList.remove('drag');
  card.style.translate = '';
  card.closest('[data-board]')?.classList.remove('dragging');
}
on('drag-begin', event => {
  const card = event.target.closest('[data-board] .deal');
  if (!card) return;
  if (sent) return event.preventDefault();
  card.classList.add('drag');
  card.closest('[data-board]').classList.add('dragging');
});
on('drag-over', event => {
  const card = event.target.closest('[data-board] .deal');
  if (!card) return;
  const { dx, dy, x, under } = event.detail, lane = laneOf(under), board = card.closest('[data-board]');
  card.style.translate = `${dx}px ${dy}px`;
  roll(board, x);
  if (lane && lane !== card.parentElement) { if (ghost.parentElement !== lane) lane.prepend(ghost); } else ghost.remove();
});
on('drag-drop', event => {
  const card = event.target.closest('[data-board] .deal');
  if (!card) return;
  const lane = laneOf(event.detail.under);
  drop(card);
  if (lane && lane !== card.parentElement) send(card, lane);
});
on('drag-cancel', event => {
  const card = event.target.closest('[data-board] .deal');
  if (card) drop(card);
});

// --- By keys, and by the dialog that says into which lanes it may go ------------------------------------------------------
function ask(card) {
  const way = wayOf(card);
  if (way) window.htmx?.ajax('GET', way.getAttribute('href'), { source: way, target: '#dlg', swap: 'innerHTML' });
  return Boolean(way);
}
on('click', event => {
  const way = event.target.closest('.deal a.go');
  if (!way || event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
  event.preventDefault();
  ask(way.closest('.deal'));
});
function pressed(card, event) {
  const { key, shiftKey } = event, lane = card.parentElement, list = lanes(card), cards = all('.deal', lane);
  const beside = list[list.indexOf(lane) + (key === 'ArrowRight' ? 1 : -1)];
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    const next = cards[cards.indexOf(card) + (key === 'ArrowDown' ? 1 : -1)];
    if (next) { focus(next); next.scrollIntoView({ block: 'nearest' }); }
    return true;
  }
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    if (shiftKey) { if (beside) send(card, beside); return true; }
    const there = beside && (all('.deal', beside)[cards.indexOf(card)] ?? all('.deal', beside).at(-1));
    if (there) { focus(there); there.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }
    return true;
  }
  return key.toLowerCase() === 'm' && !isOff('m') && ask(card);
}
on('keydown', event => {
  const card = event.target.closest?.('[data-board] .deal');
  if (!card || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || one('dialog[open]')) return;
  if (pressed(card, event)) event.preventDefault();
});
