// Sentences as large as they fit: the first of these steps at which nothing of a screen is cut off.  kiosk.css says what
// a step is: four sizes, then what gives way.  Without this script the smallest is shown.
"use strict";

const STEPS = ["1", "2", "3", "4", "5", "6", "7"];
let last = null;

function overflows(element) {
  return element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1;
}

// After each change of what is in it.
export function fit(stage) {
  last = stage;
  const words = stage.querySelector(".words");
  if (!words) return;
  for (const step of STEPS) {
    stage.dataset.fit = step;
    if (!overflows(words)) return;
  }
}

const again = () => last && fit(last);
addEventListener("resize", again);
document.fonts?.addEventListener("loadingdone", again);
