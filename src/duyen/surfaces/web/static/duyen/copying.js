// data-copy="#id" copies the words of an element (or the value of a field); data-print prints the page.

document.addEventListener('click', async event => {
  const copy = event.target.closest('[data-copy]');
  if (copy) {
    const from = document.querySelector(copy.dataset.copy);
    const text = from.value ?? [...from.querySelectorAll('code')].map(each => each.textContent).join('\n');
    if (await put(text, from)) copy.lastChild.textContent = copy.dataset.copied;
  }
  if (event.target.closest('[data-print]')) window.print();
});

// Without HTTPS a browser keeps the clipboard shut; then the words are marked, to be copied by hand.
async function put(text, from) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (from.select) from.select(); else getSelection().selectAllChildren(from);
    return document.execCommand('copy');
  }
}
