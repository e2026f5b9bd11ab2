// Taps, keys on the screen, a keyboard, and a tactile keypad (digits, Enter, Clear, Cancel): all do the same.
import { fit } from "./fit.js";
import { send } from "./line.js";
import { field, root, stage } from "./screen.js";

const WAYS_OUT = ["cancel", "back", "not_now", "end"]; // what Cancel stands for, the first that the screen has
const FOCUSABLE = "button:not([disabled]), input:not([type=hidden]):not([disabled]), [tabindex='0']";
const seen = (element) => element.checkVisibility();

export function take() {
  stage.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.id === "entry" && !field().value.trim()) return; // nothing is typed yet
    if (!stage.classList.contains("settling")) send(event.target, event.submitter);
  });
  stage.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]"), pages = event.target.closest("#stage [data-pages]");
    if (key) type(key.dataset.key);
    else if (pages) lay(pages.dataset.pages);
  });
  // A key on the screen leaves the cursor where it is, so that keys of a keyboard go on working.
  stage.addEventListener("mousedown", (event) => {
    if (event.target.closest("button[data-key], button[data-pages]")) event.preventDefault();
  });
  document.addEventListener("pointerdown", () => { root.dataset.by = "touch"; }, true);
  document.addEventListener("keydown", keyed);
}

// Lay a page of keys over the screen, `digits` or `letters`; or none.
function lay(pages) {
  if (pages) stage.dataset.pages = pages;
  else stage.removeAttribute("data-pages");
  field()?.focus();
  fit(stage);
}

// One key of the screen.
function type(key) {
  const typed = field();
  if (!typed) return;
  if (key === "delete") typed.value = typed.value.slice(0, -1);
  else if (key === "clear") typed.value = "";
  else if (typed.value.length < typed.maxLength) typed.value += key;
}

// One key of a keyboard or a tactile keypad.
function keyed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  root.dataset.by = "keys";
  const act = ACTS[event.key] ?? (event.key.length === 1 ? letter : null);
  if (act?.(event)) event.preventDefault();
}

// Each says whether it has done all that there is to do.
const ACTS = {
  Enter: enter, Backspace: clear, Escape: out, Delete: out,
  ArrowUp: (event) => move(event, -1), ArrowDown: (event) => move(event, 1),
  ArrowLeft: (event) => move(event, root.dir === "rtl" ? 1 : -1),
  ArrowRight: (event) => move(event, root.dir === "rtl" ? -1 : 1),
};

function letter(event) {
  const typed = field();
  if (typed && seen(typed)) {
    if (document.activeElement === typed) return false; // the browser types
    if (event.key === " ") return false; // presses the button that has the focus
    typed.focus();
    type(event.key.toUpperCase());
    return true;
  }
  const row = stage.querySelector(".options") ?? stage.querySelector(".choices"), nth = Number(event.key);
  const choice = nth && row?.querySelectorAll("button")[nth - 1];
  if (choice && !event.repeat) choice.click();
  return Boolean(choice);
}

function enter(event) {
  if (event.repeat) return true; // a key that is held is one press
  const typed = field(), focused = document.activeElement;
  if (focused instanceof HTMLButtonElement) return false; // the browser clicks it
  if (typed?.value) typed.form.requestSubmit();
  else stage.querySelector(".choices button.main")?.click();
  return true;
}

// Clear: a number is typed anew; of a label, where letters can be laid over the keys, the last letter goes, as anywhere.
function clear() {
  const typed = field();
  if (!typed || typed.dataset.pages === undefined) type("clear");
  else if (document.activeElement === typed) return false;
  else type("delete");
  return true;
}

function out(event) {
  if (event.repeat) return true;
  if (stage.dataset.pages) lay("");
  else wayOut()?.click();
  return true;
}

function wayOut() {
  const menu = stage.querySelector("form[action='/look'] [name=field][value=menu] ~ button[name=value][value='']");
  return menu ?? WAYS_OUT.map((id) => stage.querySelector(`button[name=choice][value='${id}']`)).find(Boolean);
}

function move(event, step) {
  const focused = document.activeElement;
  if (focused === field() && focused.value && event.key.match(/Left|Right/)) return false; // moves the cursor
  const all = [...stage.querySelectorAll(FOCUSABLE)].filter(seen);
  if (!all.length) return false;
  const at = all.indexOf(focused);
  all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length].focus();
  return true;
}
