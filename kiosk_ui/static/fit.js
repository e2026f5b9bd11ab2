// Sentences as large as they fit: the first of these sizes at which nothing of a screen is cut off.  `data-fit` is the
// size, `data-alone` says that what stands beside the words has given way; kiosk.css knows what both look like.
// Without this script the smallest size is shown.
"use strict";

const ORDINARY = [["1"], ["2"], ["3"], ["4"], ["5"], ["6"], ["4", "alone"], ["5", "alone"]];
// Who asked for large text would rather miss a picture than a size, and the map than a readable one.
const WITHOUT = ["0", "1", "2", "3", "4", "5"].map((size) => [size, "alone"]);
const LARGE = [["0"], ["1"], ["2"], ["3"], ...WITHOUT, ["6"]];
const PICTURES = ":is(.attract, .camera, .tables).screen";
let last = null;

function sizes(stage) {
  if (!document.documentElement.classList.contains("large")) return ORDINARY;
  return stage.querySelector(PICTURES) ? WITHOUT : LARGE;
}

function overflows(element) {
  return element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1;
}

// After each change of what is in it.
export function fit(stage) {
  if (!last) new MutationObserver(again).observe(stage, { attributeFilter: ["data-pages"] });
  last = stage;
  const words = stage.querySelector(".words");
  if (!words || stage.dataset.pages) return; // under keys there is nothing to measure
  for (const [size, alone] of sizes(stage)) {
    stage.dataset.fit = size;
    stage.toggleAttribute("data-alone", Boolean(alone));
    if (!overflows(words)) return;
  }
}

const again = () => last && fit(last);
addEventListener("resize", again);
document.fonts?.addEventListener("loadingdone", again);
