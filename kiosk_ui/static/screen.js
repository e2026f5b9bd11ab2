// The screen on the page: a new one is put in place, a changed one is changed where it is.
import { fit } from "./fit.js";
import { say } from "./sound.js";

const SETTLE_MS = 300; // a tap this soon after new choices was meant for the ones before

export const root = document.documentElement;
export const stage = document.getElementById("stage");
let looks = [...root.classList]; // names that the program gave
let leftTimer = 0, settleTimer = 0;
let kept = ""; // what is half typed while a menu lies over it; never longer than its choices are up
let stays = ""; // the choices at which more time was asked for: who sees the next ones is the same person

export const field = () => stage.querySelector("input.typed");
export const number = () => stage.querySelector("[data-number]")?.dataset.number ?? "";
const name = () => stage.querySelector("[data-screen]")?.dataset.screen ?? "";
const offered = () => [...stage.querySelectorAll("button[name]")].map((button) => button.value).join(" ");

// update: html of the screen, lang, dir, look (names of classes).  Every text in the html was escaped by the program.
export function show({ html, lang, dir, look }) {
  Object.assign(root, { lang, dir });
  root.classList.remove(...looks);
  looks = look.split(" ").filter(Boolean);
  root.classList.add(...looks);
  const before = { name: name(), number: number(), offered: offered() };
  kept = field()?.value ?? kept;
  put(html, before.name);
  if (number() !== before.number) stage.removeAttribute("data-pages");
  if (number() !== before.number || offered() !== before.offered) settle();
  if (name() !== before.name || ![number(), stays].includes(before.number)) kept = ""; // another person's screen
  if (field() && field().value !== kept) field().value = kept;
  shown();
}

function put(html, before) {
  const next = document.createRange().createContextualFragment(html);
  try {
    if (next.querySelector("[data-screen]")?.dataset.screen === before) return change(next);
  } catch (error) {
    reportError(error); // counted; a true screen without the focus is better than an old one
  }
  stage.replaceChildren(document.createRange().createContextualFragment(html)); // nothing of the one before is left
}

// The same screen: the focus stays, and what is half typed.
function change(next) {
  Idiomorph.morph(stage, [...next.childNodes], {
    morphStyle: "innerHTML",
    callbacks: { beforeAttributeUpdated: (attribute, node) => !(attribute === "value" && node.matches("input.typed")) },
  });
}

// Also where the same choices have moved: a menu, or a warning, was laid over them or taken away.
function settle() {
  stage.classList.add("settling");
  clearTimeout(settleTimer);
  settleTimer = setTimeout(() => stage.classList.remove("settling"), SETTLE_MS);
}

function shown() {
  stage.classList.remove("waiting");
  focus();
  countDown();
  fit(stage);
  say();
}

function focus() {
  if (stage.contains(document.activeElement)) return;
  const first = field() ?? (root.dataset.by === "keys" ? stage.querySelector(".choices button") : null);
  first?.focus();
}

function countDown() {
  clearInterval(leftTimer);
  const left = document.getElementById("left");
  if (!left) return;
  const end = performance.now() + Number(left.dataset.left) * 1000;
  leftTimer = setInterval(() => {
    const now = String(Math.max(0, Math.ceil((end - performance.now()) / 1000)));
    if (left.textContent !== now) left.textContent = now;
  }, 200);
}

export function begin() {
  shown();
}

// More time was asked for: what is half typed here stays when the next choices come up.
export function stay() {
  stays = number();
}

export function forget() {
  kept = "";
  if (field()) field().value = "";
  stage.removeAttribute("data-pages");
}
