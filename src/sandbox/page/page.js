// The server draws the page; this asks for it again after every change and takes over what differs. It keeps no state of
// the workspace, and writes text only as text.
'use strict';

const app = () => document.getElementById('app');
const me = () => app().dataset.me;

// --- Taking over what differs ---------------------------------------------------------------------------------------

const sameKind = (a, b) =>
  a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.dataset?.key ?? '') === (b.dataset?.key ?? '');

function takeAttributes(from, to) {
  for (const { name } of [...to.attributes]) if (!from.hasAttribute(name) && !kept(to, name)) to.removeAttribute(name);
  for (const { name, value } of from.attributes) if (to.getAttribute(name) !== value && !kept(to, name)) to.setAttribute(name, value);
}

// What the browser or this script set on a live element.
const kept = (element, name) =>
  (element.nodeName === 'DIALOG' && name === 'open') || (name === 'style') || (name === 'data-unread');

// Makes `to` like `from`, and leaves alone what is alike: focus, selection, scroll and what was typed stay.
function takeOver(from, to) {
  if (to.isEqualNode(from)) return;
  takeAttributes(from, to);
  if (to.hasAttribute('data-own')) return;
  const wanted = [...from.childNodes];
  let at = to.firstChild;
  for (const child of wanted) {
    const key = child.dataset?.key;
    let old = at;
    if (key) while (old && old.dataset?.key !== key) old = old.nextSibling;
    if (old && sameKind(child, old)) {
      while (at !== old) { const next = at.nextSibling; at.remove(); at = next; }
      if (old.nodeType === Node.ELEMENT_NODE) takeOver(child, old);
      else if (old.data !== child.data) old.data = child.data;
      at = old.nextSibling;
    } else {
      to.insertBefore(document.importNode(child, true), at);
    }
  }
  while (at) { const next = at.nextSibling; at.remove(); at = next; }
}

let asking = false;
let again = false;

async function refresh() {
  if (asking) { again = true; return; }
  asking = true;
  do {
    again = false;
    const url = location.href;
    try {
      const answer = await fetch(url, { headers: { accept: 'text/html' } });
      const text = await answer.text();
      if (url !== location.href) { again = true; continue; }
      if (answer.ok) show(new DOMParser().parseFromString(text, 'text/html'));
    } catch { /* The demo ended, or is between two scenes; the stream of changes says when it is back. */ }
  } while (again);
  asking = false;
}

function show(fresh) {
  const scrolls = new Map([...document.querySelectorAll('[data-scroll]')].map((s) => [s.dataset.scroll, atEnd(s)]));
  document.title = fresh.title;
  takeOver(fresh.getElementById('app'), app());
  for (const s of document.querySelectorAll('[data-scroll]')) if (scrolls.get(s.dataset.scroll) ?? true) s.scrollTop = s.scrollHeight;
  openModal();
  tellNotices();
  markUnread();
  startEditor();
  for (const box of document.querySelectorAll('.composer textarea')) fit(box);
}

const atEnd = (s) => s.scrollHeight - s.scrollTop - s.clientHeight < 80;

function openModal() {
  const modal = document.getElementById('modal');
  if (modal && !modal.open) {
    modal.showModal();
    (modal.querySelector('.body :is(input, select, textarea)') ?? modal.querySelector('footer button:last-child'))?.focus();
  }
}

// --- Going somewhere -------------------------------------------------------------------------------------------------

async function go(url) {
  history.pushState(null, '', url);
  await arrive();
}

async function arrive() {
  await refresh();
  for (const s of document.querySelectorAll('[data-scroll]')) s.scrollTop = s.scrollHeight;
  if (app().dataset.at === 'home') act({ do: 'opens_home', user: me() });
  const asked = new URLSearchParams(location.search);
  const box = asked.has('thread') ? document.getElementById('reply') : asked.has('try') ? document.getElementById('box') : null;
  box?.focus();
  box?.setSelectionRange(box.value.length, box.value.length);
  // For whoever drives the page: everything that belongs to this address stands.
  document.documentElement.dataset.arrived = location.search;
}

addEventListener('popstate', arrive);

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="?"]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(link.getAttribute('href'));
});

// Somebody else looks at the same place.
document.addEventListener('change', (event) => {
  if (event.target.id !== 'as') return;
  const asked = new URLSearchParams(location.search);
  asked.set('as', event.target.value);
  asked.delete('try');
  if (asked.get('at')?.startsWith('D')) asked.delete('at');
  go('?' + asked);
});

// --- Doing something -------------------------------------------------------------------------------------------------

async function post(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return answer.json().catch(() => ({ error: 'The demo does not answer.' }));
}

async function act(what) {
  const answer = await post('act', what).catch(() => ({ error: 'The demo does not answer.' }));
  if (answer.error) toast(answer.error);
  return !answer.error;
}

function toast(text) {
  const note = document.createElement('p');
  note.textContent = text;
  note.addEventListener('click', () => note.remove());
  document.getElementById('toasts').append(note);
  setTimeout(() => note.remove(), 9000);
}

let told = new Map();

// What Slack itself told this person since the page was opened.
function tellNotices() {
  const lines = [...document.querySelectorAll('#notices li')].map((line) => line.textContent);
  const before = told.get(me()) ?? lines.length;
  lines.slice(before).forEach(toast);
  told.set(me(), lines.length);
}

// A dialogue of ours where Slack would ask "are you sure?"; the button waits for the answer.
function sure(button) {
  if (!button.dataset.ask) return Promise.resolve(true);
  const ask = document.getElementById('ask');
  document.getElementById('ask-title').textContent = button.dataset.askTitle;
  document.getElementById('ask-text').textContent = button.dataset.ask;
  document.getElementById('ask-yes').textContent = button.dataset.yes;
  document.getElementById('ask-no').textContent = button.dataset.no;
  ask.returnValue = 'no';
  ask.showModal();
  return new Promise((resolve) => ask.addEventListener('close', () => resolve(ask.returnValue === 'yes'), { once: true }));
}

async function press(button) {
  if (!(await sure(button))) return;
  const { surface, channel, ts, press: name, url } = button.dataset;
  if (url && /^https?:/.test(url)) window.open(url, '_blank', 'noopener,noreferrer');
  if (surface === 'home') await act({ do: 'clicks_home', user: me(), button: name });
  else if (surface === 'modal') await act({ do: 'clicks_in_modal', user: me(), element: name, option: null });
  else await act({ do: 'clicks', user: me(), channel, ts, button: name });
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.press) press(button);
  else if (button.dataset.react) {
    const verb = button.dataset.on ? 'takes_back_reaction' : 'reacts';
    act({ do: verb, user: me(), channel: button.dataset.channel, ts: button.dataset.ts, emoji: button.dataset.react });
  } else if ('close' in button.dataset) act({ do: 'closes', user: me() });
  else if (button.id === 'save') save();
  else if (button.dataset.line) jump(button.dataset);
});

document.addEventListener('change', (event) => {
  const { choose, surface, channel, ts } = event.target.dataset;
  const option = event.target.value;
  if (!choose || !option) return;
  if (surface === 'message') act({ do: 'chooses', user: me(), channel, ts, menu: choose, option });
  else if (surface === 'modal') act({ do: 'clicks_in_modal', user: me(), element: choose, option });
});

// Escape closes a form as its close button does.
document.addEventListener('cancel', (event) => {
  if (event.target.id !== 'modal') return;
  event.preventDefault();
  act({ do: 'closes', user: me() });
}, true);

document.addEventListener('submit', (event) => {
  if (event.target.method === 'dialog') return;
  event.preventDefault();
  if (event.target.dataset.send) send(event.target);
  else if ('submit' in event.target.dataset) submit(event.target);
});

function submit(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) if (value !== '') values[name] = values[name] ? `${values[name]},${value}` : value;
  act({ do: 'submits', user: me(), values });
}

// --- Writing ---------------------------------------------------------------------------------------------------------

async function send(form) {
  const box = form.querySelector('textarea');
  const text = box.value.trim();
  if (!text) return;
  const [command, ...rest] = text.split(/\s+/);
  const { send: channel, thread } = form.dataset;
  const commands = app().dataset.commands.split(' ');
  let done;
  if (command.startsWith('/') && !commands.includes(command)) return toast(`${command} is no command here; there is ${commands.join(', ')}.`);
  if (command.startsWith('/') && thread) return toast('Slack takes commands in channels only, not in threads.');
  if (command.startsWith('/')) done = await act({ do: 'slash', user: me(), channel, command, text: rest.join(' ') });
  else if (thread) done = await act({ do: 'says_in_thread', user: me(), channel, thread_ts: thread, text });
  else done = await act({ do: 'says', user: me(), channel, text });
  if (!done) return;
  box.value = '';
  fit(box);
  box.closest('main, aside').querySelector('[data-scroll]').scrollTop = 1e9;
}

// As high as what stands in it.
function fit(box) {
  box.rows = Math.min(8, Math.max(1, box.value.split('\n').length));
}

document.addEventListener('input', (event) => { if (event.target.closest('.composer')) fit(event.target); });
document.addEventListener('keydown', (event) => {
  const composer = event.target.closest?.('.composer');
  if (composer && event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send(composer);
  }
  if ((event.ctrlKey || event.metaKey) && event.key === 's' && document.getElementById('directive')) {
    event.preventDefault();
    save();
  }
});

// --- What was not read yet -------------------------------------------------------------------------------------------

const opened = String(Date.now() / 1000);
const seen = new Map();

function markUnread() {
  for (const link of document.querySelectorAll('a[data-place]')) {
    const key = `${me()} ${link.dataset.place}`;
    if (link.getAttribute('aria-current')) seen.set(key, link.dataset.last);
    const unread = link.dataset.last > (seen.get(key) ?? (link.textContent.includes('Direct') ? '' : opened));
    if (unread) link.dataset.unread = 'new'; else delete link.dataset.unread;
  }
}

// --- Directives ------------------------------------------------------------------------------------------------------

let checking = 0;
let readings = [];

function startEditor() {
  const box = document.getElementById('directive');
  if (!box || box.dataset.started) return;
  box.dataset.started = 'yes';
  // From here on these are the script's; the server's page does not change them.
  for (const id of ['gutter', 'marks', 'verdict', 'problems', 'meaning', 'directive', 'save']) document.getElementById(id).dataset.own = '';
  box.addEventListener('input', () => { number(box); mark([]); later(); });
  for (const name of ['keyup', 'click', 'input']) box.addEventListener(name, () => explain(box));
  number(box);
  check();
}

const later = () => { clearTimeout(checking); checking = setTimeout(check, 250); };

// Line numbers.
function number(box) {
  const count = box.value.split('\n').length;
  document.getElementById('gutter').textContent = Array.from({ length: count }, (_, i) => i + 1).join('\n');
}

async function check() {
  const box = document.getElementById('directive');
  const text = box.value;
  const { file } = document.getElementById('editor').dataset;
  const found = await post('check', { file, text }).catch(() => null);
  if (!found || text !== box.value || !box.isConnected) return;
  readings = found.readings;
  const errors = found.problems.filter((problem) => problem.error).length;
  const changed = text !== box.dataset.saved ? 'Not saved. ' : '';
  verdict(errors ? `${changed}${errors} ${errors === 1 ? 'error' : 'errors'}: this would not come into force.` : `${changed}${readings.length} sentences are understood.`, errors ? 'bad' : 'good');
  document.getElementById('problems').replaceChildren(...found.problems.map(problemLine));
  mark(found.problems.filter((problem) => problem.file === file));
  explain(box);
}

function verdict(text, is) {
  const line = document.getElementById('verdict');
  line.textContent = text;
  line.className = `verdict ${is}`;
}

function problemLine(problem) {
  const line = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = problem.error ? 'problem error' : 'problem';
  for (const name of ['file', 'line', 'column', 'length']) button.dataset[name] = problem[name];
  const place = document.createElement('span');
  place.className = 'where';
  place.textContent = `${problem.file}:${problem.line}:${problem.column}`;
  const message = document.createElement('span');
  message.textContent = problem.message;
  button.append(place, message);
  if (problem.help) {
    const help = document.createElement('span');
    help.className = 'help';
    help.textContent = problem.help;
    button.append(help);
  }
  line.append(button);
  return line;
}

// The text again, below the real one, with the problems underlined.
function mark(problems) {
  const box = document.getElementById('directive');
  const lines = box.value.split('\n');
  const nodes = [];
  lines.forEach((line, at) => {
    const signs = [...line];
    let from = 0;
    for (const problem of problems.filter((p) => p.line === at + 1).sort((a, b) => a.column - b.column)) {
      const start = Math.max(from, problem.column - 1);
      const end = Math.min(signs.length, Math.max(start + 1, problem.column - 1 + problem.length));
      nodes.push(signs.slice(from, start).join(''));
      const part = document.createElement('mark');
      part.className = problem.error ? 'error' : '';
      part.textContent = signs.slice(start, end).join('');
      nodes.push(part);
      from = end;
    }
    nodes.push(signs.slice(from).join('') + '\n');
  });
  document.getElementById('marks').replaceChildren(...nodes);
}

// What the sentence at the caret means.
function explain(box) {
  const line = box.value.slice(0, box.selectionStart).split('\n').length;
  const reading = readings.find((one) => one.line === line);
  document.getElementById('meaning').textContent = reading ? `Line ${line} is read as: ${reading.meaning}` : '';
}

function jump({ file, line, column, length }) {
  if (file !== document.getElementById('editor').dataset.file) return go(`?as=${me()}&at=directives&file=${encodeURIComponent(file)}`);
  const box = document.getElementById('directive');
  const lines = box.value.split('\n');
  const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0) + [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length;
  box.focus();
  box.setSelectionRange(start, start + Number(length));
}

async function save() {
  const box = document.getElementById('directive');
  const { file } = document.getElementById('editor').dataset;
  const text = box.value;
  const answer = await post('save', { file, text }).catch(() => ({ error: 'The demo does not answer.' }));
  if (answer.error) return toast(answer.error);
  box.dataset.saved = text;
  verdict(answer.result.said, answer.result.in_force ? 'good' : 'bad');
}

// --- Beginning -------------------------------------------------------------------------------------------------------

const stream = new EventSource('changes');
stream.addEventListener('change', refresh);
openModal();
tellNotices();
markUnread();
startEditor();
arrive();
