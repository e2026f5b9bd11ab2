// Shows each new picture of the street and sends what the visitor does.  It decides nothing.
"use strict";

const ANSWER_MS = 6000;
const LOST_AFTER_MS = 2500;
const PICTURE_EVERY_MS = 400;
const LOUD = new Set(["parcel_deposited", "parcel_collected", "parcel_gone", "started", "epoch_begun"]);
const TROUBLE = new Set(["door_jammed", "door_forced", "door_left_open", "fault_raised", "alarm_raised", "compartment_to_review", "compartment_out_of_service", "credential_refused", "deposit_refused"]);
const DULL = new Set(["order_handled", "opening_authorised", "opening_ended", "compartment_let", "document_received", "time_signed"]);
const PLACES = { hands: 0, van: 1, home: 2 };
const BOOKS = { out_of_service: "out of service", review: "to be looked into" };

const at = (id) => document.getElementById(id);
let scene = null, chosen = "", picked = false, step = "", dragged = null, answerTimer = 0, lostTimer = 0, pictureTimer = 0;
const shown = new Map(); // part of the page → what it shows, so that only what changed is drawn anew

// -- acts

async function act(verb, more = {}) {
  try {
    const answer = await fetch("/do", { method: "POST", body: new URLSearchParams({ verb, ...more }) });
    if (answer.status === 403) location.reload();
    else if (!answer.ok) say(await answer.text());
  } catch {
    say("The demo does not answer.");
  }
}

function say(words) {
  clearTimeout(answerTimer);
  at("answer").textContent = words;
  at("answer").hidden = false;
  answerTimer = setTimeout(() => { at("answer").hidden = true; }, ANSWER_MS);
}

const hold = (what) => act("hold", { what, how: at("how-held").value });

function turnDoor(door) {
  at("fault-door").value = door;
  act("turn", { door });
}

// -- drawing

function made(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function button(text, className, onclick) {
  const element = made("button", className, text);
  element.type = "button";
  element.onclick = onclick;
  return element;
}

function drawn(name, told, draw) {
  const key = JSON.stringify(told);
  if (shown.get(name) === key) return;
  shown.set(name, key);
  draw(told);
}

function showDoor(told) {
  const door = at(`door-${told.door}`);
  const lit = told.light && told.position === "shut";
  door.setAttribute("class", `door ${told.position}${told.light ? " lit" : ""}${told.fault || told.books ? " faulty" : ""}`);
  door.querySelector(".mark").textContent = { jam: "jammed", forced: "broken open" }[told.fault] || BOOKS[told.books] || "";
  const words = told.position === "shut" ? `Door ${told.door}, shut` : `Door ${told.door}, open, ${told.inside.length ? told.inside.join(", ") : "nothing"} inside`;
  door.setAttribute("aria-label", lit ? `${words}, light blinks` : words);
  const content = door.querySelector(".content");
  const { x, y, width, height } = Object.fromEntries(Object.entries(content.dataset).map(([k, v]) => [k, Number(v)]));
  content.replaceChildren(...told.inside.map((label, nth) => box(label, x + 40 + nth * 150, y + height - 14, width, height)));
}

function box(label, x, floor, width, height) {
  const size = scene.parcels.find((it) => it.label === label)?.size || "S";
  const [wide, high] = { S: [190, 70], M: [260, 140], L: [300, 260], XL: [330, 380] }[size];
  const tall = Math.min(high, height - 30);
  const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
  group.setAttribute("class", "parcel");
  group.dataset.label = label;
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x, y: floor - tall, width: wide, height: tall, rx: 6 })) rect.setAttribute(name, value);
  const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
  text.setAttribute("x", x + wide / 2);
  text.setAttribute("y", floor - tall / 2);
  text.textContent = label.slice(-3);
  group.append(rect, text);
  return group;
}

function showScreen({ screen, running, busy }) {
  const dark = !running || !screen.name;
  at("said-headline").textContent = dark ? (busy ? `Nothing: ${busy}.` : "Nothing: the locker is not running.") : screen.headline || screen.name;
  const choices = screen.choices.length ? `[${screen.choices.join("] [")}]` : "";
  at("said-more").textContent = dark ? "" : [...screen.sentences, choices].join(" ");
  at("panel-words").textContent = dark ? "" : screen.headline;
  at("panel").classList.toggle("dark", dark);
}

function showPhone({ messages, held }) {
  if (!picked || !messages.some((it) => it.id === chosen)) chosen = (messages.find((it) => it.ready) || messages[0])?.id || "";
  at("messages").replaceChildren(...messages.map((it) => {
    const item = document.createElement("li");
    const words = ["badge", "elsewhere"].includes(it.kind) ? it.kind : it.title.slice(-3);
    const pick = button(words, it.over ? "past" : it.ready ? "ready" : "", () => { chosen = it.id; picked = true; showPhone(scene); });
    pick.setAttribute("aria-current", it.id === chosen);
    pick.setAttribute("aria-label", it.title);
    item.append(pick);
    return item;
  }));
  const message = messages.find((it) => it.id === chosen);
  if (!message) return;
  at("message-title").textContent = message.title;
  at("message-line").textContent = message.line;
  const address = `/code/${encodeURIComponent(message.id)}.svg`;
  if (!at("code").src.endsWith(address)) at("code").src = address;
  at("code").alt = `Code of ${message.title}`;
  at("pin").textContent = message.pin ? `PIN ${message.pin.replace(/(....)(?=.)/g, "$1 ")}` : "no PIN: only the code";
  at("hold-code").textContent = held && held.what === chosen ? "Take it away" : "To the camera";
}

function showParcels({ parcels, held, doors }) {
  const here = parcels.filter((it) => it.place in PLACES && !(it.place === "home" && it.state !== "announced"));
  here.sort((a, b) => PLACES[a.place] - PLACES[b.place]);
  const open = doors.filter((it) => it.position !== "shut").map((it) => it.door);
  at("parcels").replaceChildren(...here.map((it) => {
    const card = made("li", it.place);
    card.draggable = true;
    card.dataset.label = it.label;
    const bars = document.createElement("img");
    bars.src = `/label/${it.label}.svg`;
    bars.alt = "";
    bars.draggable = false;
    const label = made("span", "label", `${it.label} ${it.size}`);
    label.append(bars);
    const isHeld = held && held.what === it.label;
    const show = made("div", "acts"), more = made("div", "acts");
    show.append(button(isHeld ? "Take it away" : "To the camera", "", () => (isHeld ? act("hide") : hold(it.label))));
    for (const door of open) more.append(button(`Put into ${door}`, "put", () => act("put", { what: it.label, door })));
    if (it.place === "hands") more.append(button("Carry home", "", () => act("drop", { what: it.label })));
    card.append(label, show, made("span", "words", it.place === "hands" ? "In your hands." : it.words), more);
    return card;
  }));
}

function showSteps(steps) {
  if (!step || steps.find((it) => it.name === step)?.done) step = steps.find((it) => !it.done)?.name || steps[0]?.name || "";
  at("steps").replaceChildren(...steps.map((it, nth) => {
    const item = document.createElement("li");
    const pick = button(`${nth + 1}. ${it.title}`, it.done ? "done" : "", () => { step = it.name; showSteps(scene.steps); });
    pick.setAttribute("aria-current", it.name === step);
    item.append(pick);
    return item;
  }));
  at("how").replaceChildren(...(steps.find((it) => it.name === step)?.how || []).map((it) => made("span", "", it)));
}

function showTold(told) {
  at("told").replaceChildren(...told.map((it) => {
    const line = document.createElement("li");
    line.append(made("span", "number", it.number), made("span", LOUD.has(it.kind) ? "loud" : TROUBLE.has(it.kind) ? "trouble" : DULL.has(it.kind) ? "dull" : "", it.sentence));
    return line;
  }));
}

function showUnsent({ site, cable }) {
  const waiting = site.running && site.unsent > 0 && !site.online;
  at("unsent").textContent = waiting ? `${site.unsent} ${site.unsent === 1 ? "event waits" : "events wait"} at the locker` : !cable ? "the cable is out" : "";
  at("unsent").classList.toggle("waits", !cable);
}

function showSwitches(now) {
  const turn = (id, on, words) => {
    at(id).classList.toggle("off", !on);
    at(id).dataset.verb = on ? at(id).dataset.on : at(id).dataset.off;
    at(id).querySelector("span").textContent = words;
  };
  turn("cable", now.cable, now.cable ? "plugged in: pull it" : "out: plug it in");
  turn("power", now.power, now.busy ? `${now.busy} …` : now.power ? "runs: kill -9" : "dead: start it");
  turn("supply", !now.brown_out, now.brown_out ? "sags to 6.5 V: mend it" : "sound: let it sag");
  turn("sightings", now.camera, now.camera ? "sees: unplug it" : "gone: plug it in");
  for (const it of document.querySelectorAll("#switches button")) it.disabled = Boolean(now.busy);
}

function showInside(parcels) {
  const inside = parcels.filter((it) => it.place === "door").sort((a, b) => a.door - b.door);
  at("inside").textContent = inside.length ? `In truth ${inside.map((it) => `${it.label.slice(-3)} is in ${it.door}`).join(", ")}.` : "Nothing is in the wall.";
}

function showHeld(held) {
  at("eye")?.classList.toggle("looking", Boolean(held));
  at("sight")?.classList.toggle("hidden", !held);
  clearInterval(pictureTimer);
  if (!held) return;
  const next = () => at("picture").setAttribute("href", `/camera.jpg?${performance.now()}`);
  next();
  pictureTimer = setInterval(next, PICTURE_EVERY_MS);
}

function show(next) {
  scene = next;
  at("curtain").textContent = next.curtain;
  for (const door of next.doors) drawn(`door ${door.door}`, door, showDoor);
  drawn("screen", { screen: next.screen, running: next.site.running, busy: next.switches.busy }, showScreen);
  drawn("phone", { messages: next.messages, held: next.held }, showPhone);
  drawn("parcels", { parcels: next.parcels, held: next.held, doors: next.doors }, showParcels);
  drawn("inside", next.parcels, showInside);
  drawn("steps", next.steps, showSteps);
  drawn("told", next.told, showTold);
  drawn("unsent", { site: next.site, cable: next.switches.cable }, showUnsent);
  drawn("switches", next.switches, showSwitches);
  drawn("held", next.held, showHeld);
  document.body.dataset.ready = String(!next.curtain);
}

// -- what the visitor does

at("drawing").addEventListener("click", (event) => {
  if (event.detail > 1) return; // who clicks twice means it once
  const parcel = event.target.closest(".parcel"), door = event.target.closest(".door");
  if (event.target.closest("#panel")) openScreen(event);
  else if (parcel) act("take", { what: parcel.dataset.label, door: door.dataset.door });
  else if (door) turnDoor(door.dataset.door);
});

at("drawing").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  const door = event.target.closest(".door");
  if (door) turnDoor(door.dataset.door);
  else if (event.target.closest("#panel")) openScreen(event);
});

at("hold-code").addEventListener("click", () => (scene.held?.what === chosen ? act("hide") : hold(chosen)));
document.addEventListener("click", (event) => {
  const verb = event.target.closest("[data-verb]")?.dataset.verb;
  if (verb) act(verb);
});
at("fault").addEventListener("submit", (event) => {
  event.preventDefault();
  act(event.submitter.value, { door: at("fault-door").value });
});

// By hand: a parcel or the telephone is dragged to the camera, a parcel into an open door.
document.addEventListener("dragstart", (event) => {
  const card = event.target.closest("#parcels li");
  dragged = card ? { label: card.dataset.label } : event.target.id === "code" ? { message: chosen } : null;
});
document.addEventListener("dragend", () => { dragged = null; });
const target = (event) => dragged && (event.target.closest("#eye, #panel") || (dragged.label && event.target.closest(".door:not(.shut)")));
at("drawing").addEventListener("dragover", (event) => {
  for (const it of document.querySelectorAll(".over")) it.classList.remove("over");
  const over = target(event);
  if (!over) return;
  event.preventDefault();
  over.classList.add("over");
});
at("drawing").addEventListener("drop", (event) => {
  const over = target(event);
  if (!over) return;
  event.preventDefault();
  over.classList.remove("over");
  if (over.dataset.door) act("put", { what: dragged.label, door: over.dataset.door });
  else hold(dragged.label || dragged.message);
});

function openScreen(event) {
  event.preventDefault();
  if (!scene || scene.curtain) return say("The screen is the courier's until the two parcels are in.");
  const width = Math.min(1024, Math.round(screen.availWidth * 0.6)), height = Math.round(width * 0.6);
  const place = `popup,width=${width},height=${height},left=${screen.availWidth - width},top=${screen.availHeight - height}`;
  if (!window.open(at("open-screen").href, "locker-screen", place)) location.assign(at("open-screen").href);
}
at("open-screen").addEventListener("click", openScreen);

// -- the line

function connect() {
  const source = new EventSource("/events");
  source.onmessage = (event) => { clearTimeout(lostTimer); lostTimer = 0; show(JSON.parse(event.data)); };
  source.onerror = () => {
    if (!lostTimer) lostTimer = setTimeout(() => { at("curtain").textContent = "The demo has ended."; }, LOST_AFTER_MS);
  };
}
connect();
