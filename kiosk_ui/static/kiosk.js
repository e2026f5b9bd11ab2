// The page's script: puts each new screen in place, sends what people do.  It decides nothing and keeps nothing.
//
// screen.js  the screen on the page      keys.js   keyboard, keypad, keys on the screen
// line.js    the line to the program     sound.js  spoken prompts
import { beat, connect, renew } from "./line.js";
import { take } from "./keys.js";
import { begin } from "./screen.js";

// What a finger does in a browser and must not do here.
for (const unwanted of ["contextmenu", "dragstart", "gesturestart"]) {
  document.addEventListener(unwanted, (event) => event.preventDefault());
}
document.addEventListener("wheel", (event) => { if (event.ctrlKey) event.preventDefault(); }, { passive: false });
document.addEventListener("touchmove", (event) => { if (event.touches.length > 1) event.preventDefault(); },
  { passive: false });

document.getElementById("show-here").addEventListener("click", renew);
take();
begin();
connect();
beat();
