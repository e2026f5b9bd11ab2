// The line to the program: screens come in, taps go out.  When it is lost the page says so and comes back by itself.
import { forget, number, root, show, stage, stay } from "./screen.js";

const LOST_AFTER_MS = 2000; // a line that is back sooner was never missed
const LONG_MS = 30000; // then there is a telephone number, and nothing more of somebody's session
const SILENT_MS = 12000; // the program says something every five seconds
const AGAIN_MS = 1000;
const BEAT_MS = 5000;
const ANSWER_MS = 10000;

const lost = document.getElementById("lost"), lostLong = document.getElementById("lost-long");
const replaced = document.getElementById("replaced");
let source = null, lostTimer = 0, longTimer = 0, silentTimer = 0, errors = 0;

const page = () => root.dataset.page; // of this page, once; it begins with the build of style and script
const build = (token) => token.split(".")[0];
const post = (path, body) => fetch(path, { method: "POST", body, signal: AbortSignal.timeout(ANSWER_MS) });

export function connect() {
  source?.close();
  source = new EventSource(`/events?page=${page()}`);
  source.addEventListener("screen", (event) => { heard(); show(JSON.parse(event.data)); });
  source.addEventListener("still", heard);
  source.addEventListener("replaced", giveWay);
  source.onerror = () => {
    lose();
    if (source.readyState === EventSource.CLOSED) setTimeout(renew, AGAIN_MS); // refused: of an earlier start
  };
  listen();
}

function listen() {
  clearTimeout(silentTimer);
  silentTimer = setTimeout(() => { lose(); connect(); }, SILENT_MS);
}

function heard() {
  found();
  listen();
}

function lose() {
  lostTimer ||= setTimeout(() => { lost.hidden = false; }, LOST_AFTER_MS);
  longTimer ||= setTimeout(() => { lostLong.hidden = false; clear(); }, LONG_MS);
}

function clear() {
  forget();
  stage.replaceChildren();
}

function found() {
  clearTimeout(lostTimer);
  clearTimeout(longTimer);
  lostTimer = longTimer = 0;
  lost.hidden = lostLong.hidden = true;
}

// Another page shows the screen now.
function giveWay() {
  source.close();
  clearTimeout(silentTimer);
  found();
  clear();
  replaced.hidden = false;
}

// A new page in place of this one, without going anywhere: an address that does not answer would be the end of it.
let renewing = false;
export async function renew() {
  if (renewing) return;
  renewing = true;
  try {
    const answer = await fetch("/", { signal: AbortSignal.timeout(ANSWER_MS) });
    if (!answer.ok) throw new Error(`page: ${answer.status}`);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const { lang, dir, className: look, dataset } = next.documentElement;
    if (build(dataset.page) !== build(page())) return location.replace("/"); // another style or script; it is there
    root.dataset.page = dataset.page;
    replaced.hidden = true;
    forget(); // numbers of choices begin anew with the program
    show({ html: next.getElementById("stage").innerHTML, lang, dir, look });
    connect();
  } catch {
    lose();
    setTimeout(renew, AGAIN_MS);
  } finally {
    renewing = false;
  }
}

// A tap, or what was typed.  Nothing else is sent until its answer has come, or the next screen; nor while the page says
// that the line is lost, and nobody sees what would be chosen.
export async function send(form, button) {
  if (stage.classList.contains("waiting") || !lost.hidden) return;
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.set(button.name, button.value);
  body.set("page", page());
  if (body.get("choice") === "more_time") stay();
  stage.classList.add("waiting");
  try {
    const answer = await post(form.getAttribute("action"), body);
    if (answer.status === 204) sent(form);
    else await refused(answer, body.get("page"));
  } catch {
    lose(); // the stream says when the line is back
  }
  stage.classList.remove("waiting");
}

function sent(form) {
  if (form.getAttribute("action") === "/typed") forget();
}

// by: the page that asked.  This one may have been renewed meanwhile; then it is not meant.
async function refused(answer, by) {
  if (by !== page()) return;
  if (answer.status === 403) await renew();
  else if (answer.status === 410) giveWay();
  else if (answer.status === 409 || answer.status === 503) show(await answer.json());
}

// The page lives.  Whoever does not hear it has the browser started again; an old screen is answered with the present.
export function beat() {
  const wrong = () => { errors += 1; };
  addEventListener("error", wrong);
  addEventListener("unhandledrejection", wrong);
  setInterval(async () => {
    if (!replaced.hidden || !lost.hidden) return;
    const by = page();
    try {
      await refused(await post("/heartbeat", new URLSearchParams({ page: by, choices: number(), errors })), by);
    } catch { /* the program does not answer; the stream says so */ }
  }, BEAT_MS);
}
