// The page without a network: it says how much waits, and opens what was asked for as soon as the server answers.

const EVERY = 5000;
const count = () => { try { return Object.keys(localStorage).filter(name => /^duyen:\w+:wait:/.test(name)).length; } catch { return 0; } };
const line = document.querySelector('[data-waits]');
if (line && count()) { line.hidden = false; line.querySelector('b').textContent = count(); }

async function look() {
  if (document.hidden) return;
  try { if ((await fetch('/healthz', { cache: 'no-store' })).ok) location.reload(); } catch { /* not yet */ }
}
document.querySelector('[data-again]')?.addEventListener('click', () => location.reload());
addEventListener('online', look);
document.addEventListener('visibilitychange', look);
setInterval(look, EVERY);
