// Tiles of the start page moved by their heads; the menu of each and the page "Arrange" do the same without dragging.

const columns = () => [...document.querySelectorAll('[data-column]')];
const tiles = column => [...column.querySelectorAll(':scope > [data-tile]')];
const order = name => tiles(columns().find(x => x.dataset.column === name)).map(x => x.dataset.tile).join(' ');
let home = null;                                           // where the tile came from, for whoever gives up

function put(tile, { under, y }) {
  const column = under?.closest('[data-column]');
  if (!column) return;
  const next = tiles(column).find(x => { const at = x.getBoundingClientRect(); return x !== tile && y < at.top + at.height / 2; });
  if (next !== tile.nextElementSibling || column !== tile.parentElement) column.insertBefore(tile, next ?? null);
}
function clear(tile) {
  delete tile.dataset.dragged;
  columns().forEach(x => delete x.dataset.over);
}
document.addEventListener('drag-begin', event => {
  const tile = event.target.closest('[data-tile]');
  if (!tile) return;
  home = { parent: tile.parentElement, next: tile.nextElementSibling };
  tile.dataset.dragged = '';
  columns().forEach(x => { x.dataset.over = ''; });
});
document.addEventListener('drag-over', event => { const tile = event.target.closest('[data-tile]'); if (tile) put(tile, event.detail); });
document.addEventListener('drag-cancel', event => {
  const tile = event.target.closest('[data-tile]');
  if (!tile) return;
  home.parent.insertBefore(tile, home.next);
  clear(tile);
});
document.addEventListener('drag-drop', event => {
  const tile = event.target.closest('[data-tile]');
  if (!tile) return;
  put(tile, event.detail);
  clear(tile);
  window.htmx?.ajax('POST', '/home/arrange', { source: document.body, target: document.body, swap: 'none', values: { wide: order('wide'), narrow: order('narrow') } });
});
