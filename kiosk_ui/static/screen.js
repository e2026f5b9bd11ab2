// The screen on the page: a new one is put in place, a changed one is changed where it is.
import { fit } from "./fit.js";
import { say } from "./sound.js";

const SETTLE_MS = 300; // a tap this soon after new choices was meant for the ones before

export const root = document.documentElement;
export const stage = document.getElementById("stage");
let looks = [...root.classList]; // names that the program gave
let leftTimer = 0, settleTimer = 0;
let kept = ""; // what is half typed while a menu lies over it; never longer than its choices are up

export const field = () => stage.querySelector("input.typed");
export const number = () => stage.querySelector("[data-number]")?.dataset.number ?? "";
const name = () => stage.querySelector("[data-screen]")?.dataset.screen ?? "";

// update: html of the screen, lang, dir, look (names of classes).  Every text in the html was escaped by the program.
export function show({ html, lang, dir, look }) {
  Object.assign(root, { lang, dir });
  root.classList.remove(...looks);
  looks = look.split(" ").filter(Boolean);
  root.classList.add(...looks);
  const before = { name: name(), number: number() };
  kept = field()?.value ?? kept;
  const next = document.createRange().createContextualFragment(html);
  if (next.querySelector("[data-screen]")?.dataset.screen === before.name) change(next);
  else stage.replaceChildren(next); // nothing of the screen before is left, nor of what was typed there
  if (number() !== before.number) settle();
  if (name() !== before.name) kept = "";
  else if (field() && field().value !== kept) field().value = kept;
  shown();
}

// The same screen: the focus stays, and what is half typed.
function change(next) {
  Idiomorph.morph(stage, [...next.childNodes], {
    morphStyle: "innerHTML",
    callbacks: { beforeAttributeUpdated: (attribute, node) => !(attribute === "value" && node.matches("input.typed")) },
  });
}

function settle() {
  stage.removeAttribute("data-pages");
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
    left.textContent = Math.max(0, Math.ceil((end - performance.now()) / 1000));
  }, 200);
}

export function begin() {
  shown();
}

export function forget() {
  kept = "";
  if (field()) field().value = "";
  stage.removeAttribute("data-pages");
}
