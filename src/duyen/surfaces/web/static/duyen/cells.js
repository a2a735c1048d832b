// A table to type in: Enter goes to the cell below, a copied block of a spreadsheet fills the cells from here on.
// Attached to a form with data-down; each of its cells is an input with data-column.

const cellsOf = row => [...row.querySelectorAll('input[data-column]')];
const below = input => {
  const row = input.closest('tr').nextElementSibling;
  return row?.querySelector(`input[data-column="${input.dataset.column}"]`);
};
const cellAt = event => event.target.closest?.('form[data-down] input[data-column]');

document.addEventListener('keydown', event => {
  const input = cellAt(event);
  if (!input || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const rows = [...input.closest('tbody').rows], place = rows.indexOf(input.closest('tr')) + (event.shiftKey ? -step : step);
  const next = rows[place]?.querySelector(`input[data-column="${input.dataset.column}"]`);
  event.preventDefault();                                 // at the last row Enter stays: nothing is sent by accident
  next?.focus();
  next?.select();
});

document.addEventListener('paste', event => {
  const input = cellAt(event), text = event.clipboardData?.getData('text') ?? '';
  if (!input || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  let first = input;
  for (const line of text.replace(/\r/g, '').replace(/\n$/, '').split('\n')) {
    if (!first) break;
    const row = cellsOf(first.closest('tr')), start = row.indexOf(first);
    line.split('\t').forEach((value, place) => { if (row[start + place]) row[start + place].value = value.trim(); });
    first = below(first);
  }
});
