// Puts each new screen in place, sends taps and what was typed.  It decides nothing and keeps nothing.
"use strict";

const LOST_AFTER_MS = 2000; // a line that is back sooner was never missed
const DEAF_MS = 1500; // after a tap: until the next screen, or this long
const stage = document.getElementById("stage");
const lost = document.getElementById("lost");
const replaced = document.getElementById("replaced");
let source = null, lostTimer = 0, leftTimer = 0, deafTimer = 0;

function show(html) {
  const before = stage.querySelector(".screen");
  const field = stage.querySelector(".typed");
  const kept = field && { text: field.value, focused: document.activeElement === field, number: before.dataset.number };
  stage.innerHTML = html; // our own server's, every text escaped there
  const next = stage.querySelector(".typed");
  if (next && kept && kept.number === stage.querySelector(".screen").dataset.number) { // a hint, not another screen
    next.value = kept.text;
    if (kept.focused) next.focus();
  } else if (next) {
    next.focus();
  }
  listen();
  countDown();
}

function countDown() {
  clearInterval(leftTimer);
  const left = document.getElementById("left");
  if (!left) return;
  const end = performance.now() + Number(left.dataset.left) * 1000;
  leftTimer = setInterval(() => {
    left.textContent = Math.max(0, Math.ceil((end - performance.now()) / 1000));
  }, 200);
}

function listen() {
  clearTimeout(deafTimer);
  stage.classList.remove("waiting");
}

async function send(form, button) {
  if (stage.classList.contains("waiting")) return;
  const body = new URLSearchParams(new FormData(form));
  if (button && button.name) body.set(button.name, button.value);
  stage.classList.add("waiting");
  deafTimer = setTimeout(listen, DEAF_MS);
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
    if (answer.status === 204) return;
    if (answer.status === 403) location.reload();
    else if (answer.status === 409 || answer.status === 503) show(await answer.text());
    else listen();
  } catch {
    listen(); // the line is down; the stream says so
  }
}

function press(key) {
  const field = stage.querySelector(".typed.digits");
  if (!field) return;
  if (key === "delete") field.value = field.value.slice(0, -1);
  else if (field.value.length < field.maxLength) field.value += key;
}

function connect() {
  source = new EventSource("/events");
  source.onopen = () => { clearTimeout(lostTimer); lostTimer = 0; lost.hidden = true; };
  source.addEventListener("screen", (event) => show(JSON.parse(event.data)));
  source.addEventListener("replaced", () => { source.close(); replaced.hidden = false; });
  source.onerror = () => {
    if (!lostTimer) lostTimer = setTimeout(() => { lost.hidden = false; }, LOST_AFTER_MS);
    if (source.readyState === EventSource.CLOSED) setTimeout(again, 1000);
  };
}

// The stream was refused: the program has started anew and this page is of its last life.
async function again() {
  try {
    if ((await fetch("/healthz")).ok) location.reload();
    else setTimeout(again, 1000);
  } catch {
    setTimeout(again, 1000);
  }
}

stage.addEventListener("submit", (event) => { event.preventDefault(); send(event.target, event.submitter); });
stage.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]");
  if (key) press(key.dataset.key);
});
// A key on the screen leaves the cursor where it is, so that keys of a keyboard go on working.
stage.addEventListener("mousedown", (event) => { if (event.target.closest("[data-key]")) event.preventDefault(); });
document.getElementById("show-here").addEventListener("click", () => location.reload());
document.addEventListener("contextmenu", (event) => event.preventDefault());
connect();
countDown();
stage.querySelector(".typed")?.focus();
