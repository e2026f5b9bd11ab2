// Spoken prompts: what the screen says, for whoever wants to hear it.  Each of them stands on the screen as well.
const root = document.documentElement;
let said = "", playing = null;

// Called after each change; speaks once for each screen, and falls silent when it goes.
export function say() {
  const screen = document.querySelector("#stage [data-say]");
  const words = root.classList.contains("sound") && screen ? screen.dataset.say : "";
  const which = words && [root.lang, screen.dataset.number, words].join(" ");
  if (which === said) return;
  said = which;
  playing?.pause();
  next(words.split(" ").filter(Boolean).map((name) => `/prompts/${root.lang}/${name}.wav`));
}

// A prompt that cannot be had is silence; the next one is played.
function next([url, ...rest]) {
  root.classList.toggle("speaking", Boolean(url));
  if (!url) return;
  const prompt = playing = new Audio(url);
  const go = () => { if (prompt === playing) next(rest); };
  prompt.addEventListener("ended", go);
  prompt.addEventListener("error", go);
  prompt.play().catch(() => {}); // an error has its own event; a pause is ours
}
