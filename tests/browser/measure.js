// What of the present screen is cut off, lies on something else, or is too small to read or to tap.
// `measured(pxPerMm, limits)` returns a list of sentences, empty for a good screen.  Lengths are mm of the panel.
"use strict";
(() => {
  const TARGETS = "button, a[href], input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex]";
  const PICTURES = "svg, img, canvas";
  const FRAMES = "button, a, [role=button], .pill, .slip"; // what draws an edge around its words
  const ROUNDING_PX = 1.5;
  const OVERHANG_EM = 0.06; // a letter may reach a little out of its box, sideways
  const DESCENDER_EM = 0.35; // and up and down out of a box without an edge, where lines are tight; Arabic does
  const MARKS_EM = 0.15; // marks above and below letters, which the box of a line counts over its whole length
  const TRANSPARENT = /rgba\(.*, 0\)|transparent/;
  const canvas = document.createElement("canvas").getContext("2d");

  const named = (element) => {
    const words = (element.getAttribute("aria-label") || element.textContent || "").trim().replace(/\s+/g, " ");
    const kind = element.classList?.[0] ? `.${element.classList[0]}` : "";
    return `${element.tagName.toLowerCase()}${kind}${words ? ` "${words.slice(0, 40)}"` : ""}`;
  };

  // Words for ears alone are kept in a box of a pixel; what lies under an open menu is inert.
  let known = new Map(); // of one measuring
  const seen = (element) => {
    if (!element || element === document.body) return true;
    if (!known.has(element)) known.set(element, shows(element) && seen(element.parentElement));
    return known.get(element);
  };
  const shows = (element) => {
    if (element.inert || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    if (element instanceof SVGElement) return true;
    const box = element.getBoundingClientRect();
    return box.width > 2 || box.height > 2 || getComputedStyle(element).overflow === "visible";
  };

  const edges = (rect) => ({ left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom });

  function font(style) {
    canvas.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    return canvas.measureText("H");
  }

  // Every line of text: where its ink is, how large it is.
  function lines() {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!node.data.trim() || parent.closest("script, style, title, noscript") || !seen(parent)) continue;
      const style = getComputedStyle(parent);
      const capital = font(style);
      const ink = canvas.measureText(node.data.trim());
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        if (rect.width < 0.5) continue;
        const scale = rect.height / (capital.fontBoundingBoxAscent + capital.fontBoundingBoxDescent);
        const base = rect.top + capital.fontBoundingBoxAscent * scale;
        const box = edges(rect);
        box.top = base - ink.actualBoundingBoxAscent * scale;
        box.bottom = base + ink.actualBoundingBoxDescent * scale;
        const size = parseFloat(style.fontSize) * scale;
        found.push({ node, element: parent, box, size, capital: capital.actualBoundingBoxAscent * scale, text: node.data.trim().replace(/\s+/g, " ") });
      }
    }
    return found;
  }

  function beyond(inner, outer, sideways = 0) {
    return Math.max(outer.left - inner.left - sideways, inner.right - outer.right - sideways, outer.top - inner.top, inner.bottom - outer.bottom);
  }

  function common(a, b) {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return Math.min(wide, high);
  }

  function apart(a, b) {
    const wide = Math.max(b.left - a.right, a.left - b.right);
    const high = Math.max(b.top - a.bottom, a.top - b.bottom);
    return Math.max(wide, high);
  }

  const view = () => ({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });

  // -- cut off ------------------------------------------------------------------------------------------------------

  function cutOff(say, mm, words, targets) {
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth + 1) say(`the page is ${mm(root.scrollWidth - innerWidth)} mm wider than the window`);
    if (root.scrollHeight > innerHeight + 1) say(`the page is ${mm(root.scrollHeight - innerHeight)} mm higher than the window`);
    for (const element of document.body.querySelectorAll("*")) {
      if (element instanceof SVGElement || !seen(element)) continue;
      const style = getComputedStyle(element);
      const hides = style.overflowX !== "visible" || style.overflowY !== "visible";
      const more = Math.max(element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight);
      if (hides && element.clientWidth && more > 1) say(`${named(element)} holds ${mm(more)} mm more than it shows`);
    }
    for (const each of targets) {
      const over = beyond(each.box, view());
      if (over > 0.5) say(`${named(each.element)} reaches ${mm(over)} mm out of the window`);
    }
    for (const line of words) leaves(say, mm, line);
    for (const field of document.querySelectorAll("input:not([type=hidden])")) {
      if (!seen(field) || !field.placeholder || field.value) continue;
      const style = getComputedStyle(field);
      font(style);
      const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const over = canvas.measureText(field.placeholder).width - room;
      if (over > 1) say(`the hint "${field.placeholder}" is ${mm(over)} mm too long for its field`);
    }
  }

  // A line must be inside of everything that it is written in.
  function leaves(say, mm, line) {
    const aside = Math.max(ROUNDING_PX, OVERHANG_EM * line.size);
    if (beyond(line.box, view(), 0) > 0.5) say(`"${line.text}" reaches ${mm(beyond(line.box, view()))} mm out of the window`);
    if (line.element instanceof SVGElement) {
      const svg = line.element.ownerSVGElement;
      const holding = [...svg.querySelectorAll("rect")].map((rect) => rect.getBoundingClientRect()).filter(
        (rect) => common(rect, line.box) > 0 && rect.left < (line.box.left + line.box.right) / 2 && rect.right > (line.box.left + line.box.right) / 2);
      const box = holding.sort((a, b) => a.width * a.height - b.width * b.height)[0] || svg.getBoundingClientRect();
      const over = beyond(line.box, box);
      if (over > ROUNDING_PX) say(`"${line.text}" on the picture reaches ${mm(over)} mm out of its box`);
      return;
    }
    for (let each = line.element; each && each !== document.body; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (style.display === "inline" || style.display === "contents") continue;
      const above = framed(style) ? ROUNDING_PX : Math.max(ROUNDING_PX, DESCENDER_EM * line.size);
      const inner = { ...line.box, top: line.box.top + above, bottom: line.box.bottom - above };
      const over = beyond(inner, each.getBoundingClientRect(), aside);
      if (over > 0.5) {
        say(`"${line.text.slice(0, 40)}" reaches ${mm(over)} mm out of ${named(each)}`);
        return;
      }
      if (style.position === "absolute" || style.position === "fixed") return;
    }
  }

  // Whether the edge of a box can be seen, or cuts off what is beyond it.
  function framed(style) {
    const drawn = parseFloat(style.borderTopWidth) > 0 || !TRANSPARENT.test(style.backgroundColor);
    return drawn || style.overflowX !== "visible" || style.overflowY !== "visible";
  }

  // What is painted over an element at this point.
  function covering(element, x, y) {
    for (const each of document.elementsFromPoint(x, y)) {
      if (each.contains(element) || element.contains(each) || element.closest("svg")?.contains(each)) return null;
      const paint = getComputedStyle(each).backgroundColor;
      if (each instanceof SVGElement || each.matches("img, input") || !TRANSPARENT.test(paint)) return each;
    }
    return null;
  }

  // -- on top of each other -----------------------------------------------------------------------------------------

  function overlapping(say, mm, words, targets) {
    const pictures = [...document.querySelectorAll(PICTURES)].filter((each) => !each.parentElement.closest("svg, button") && seen(each));
    const frames = [...document.querySelectorAll(FRAMES)].filter((each) => !each.matches(TARGETS) && seen(each));
    const boxes = [
      ...targets.map((each) => ({ ...each, text: false })),
      ...[...pictures, ...frames].map((element) => ({ element, box: edges(element.getBoundingClientRect()), text: false })),
      ...words.map((line) => ({ element: line.element, box: line.box, text: line.text, size: line.size })),
    ];
    const block = (element) => element.closest("p, h1, h2, button, li, dt, dd, div, section, text") || element;
    boxes.forEach((a, index) => {
      for (const b of boxes.slice(index + 1)) {
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
        if (a.text && b.text && block(a.element) === block(b.element)) continue;
        const marks = a.text && b.text && /\p{Script=Arabic}/u.test(a.text + b.text) ? MARKS_EM : OVERHANG_EM;
        const allowed = Math.max(ROUNDING_PX, marks * Math.max(a.text ? a.size : 0, b.text ? b.size : 0));
        const over = common(a.box, b.box);
        if (over > allowed) say(`${a.text ? `"${a.text.slice(0, 40)}"` : named(a.element)} lies ${mm(over)} mm on ${b.text ? `"${b.text.slice(0, 40)}"` : named(b.element)}`);
      }
    });
    for (const line of words) {
      const box = line.box;
      const cover = covering(line.element, (box.left + box.right) / 2, (box.top + box.bottom) / 2);
      if (cover) say(`"${line.text.slice(0, 40)}" is covered by ${named(cover)}`);
    }
    for (const { element, box } of targets) {
      const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
      if (top && !element.contains(top)) say(`${named(element)} is covered by ${named(top)}`);
    }
  }

  // -- large enough -------------------------------------------------------------------------------------------------

  function tappable(say, mm, targets, limits) {
    for (const { element, box } of targets) {
      const wide = (box.right - box.left) / mm.px, high = (box.bottom - box.top) / mm.px;
      const least = element.matches(".key") ? limits.key : limits.target;
      if (element.matches("input") && document.querySelector(".keypad .key, .keyboard .key")) continue; // typed into by keys
      if (Math.min(wide, high) < least - 0.05) say(`${named(element)} is ${wide.toFixed(1)} × ${high.toFixed(1)} mm, at least ${least}`);
    }
    targets.forEach((a, index) => {
      for (const b of targets.slice(index + 1)) {
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
        const keys = a.element.matches(".key, input") && b.element.matches(".key, input");
        const least = keys ? limits.keyGap : limits.gap;
        const gap = apart(a.box, b.box) / mm.px;
        if (gap < least - 0.05 && gap > -0.2) say(`${named(a.element)} and ${named(b.element)} are ${gap.toFixed(1)} mm apart, at least ${least}`);
      }
    });
  }

  // Words that touch the edge of what is tapped look cut off.
  function roomy(say, mm, words, limits) {
    for (const line of words) {
      const choice = line.element.closest("button.choice, button[name=choice]");
      if (!choice) continue;
      const box = choice.getBoundingClientRect();
      const room = Math.min(line.box.left - box.left, box.right - line.box.right) / mm.px;
      if (room < limits.room - 0.02) say(`"${line.text}" is ${room.toFixed(1)} mm from the edge of its button, at least ${limits.room}`);
    }
  }

  function readable(say, mm, words, limits) {
    const drawn = words.filter((line) => line.element instanceof SVGElement).map((line) => line.size / mm.px);
    const faint = drawn.filter((size) => size < limits.drawn - 0.05);
    if (faint.length) say(`${faint.length} words or numbers on the picture are too small: ${Math.min(...faint).toFixed(1)} mm, at least ${limits.drawn}`);
    for (const line of words) {
      if (line.element instanceof SVGElement) continue;
      const loud = line.element.closest("h1, button, .typed, .door b");
      const capital = line.capital / mm.px, size = line.size / mm.px;
      if (loud && capital < limits.capital - 0.05) say(`"${line.text.slice(0, 40)}": capitals of ${capital.toFixed(1)} mm, at least ${limits.capital}`);
      const least = line.element.closest(".words, .sentence, .note") ? limits.sentence : limits.small;
      if (!loud && size < least - 0.05) say(`"${line.text.slice(0, 40)}": letters of ${size.toFixed(1)} mm, at least ${least}`);
    }
    for (const field of document.querySelectorAll("input:not([type=hidden])")) {
      if (!seen(field)) continue;
      const capital = font(getComputedStyle(field)).actualBoundingBoxAscent / mm.px;
      if (capital < limits.capital - 0.05) say(`${named(field)}: capitals of ${capital.toFixed(1)} mm, at least ${limits.capital}`);
    }
  }

  // -- short enough -------------------------------------------------------------------------------------------------

  function few(say, words, limits) {
    const choices = [...document.querySelectorAll("button[name=choice]")].filter(seen);
    if (choices.length > limits.choices) say(`${choices.length} choices, at most ${limits.choices}`);
    for (const choice of choices) {
      const rows = [];
      for (const line of words.filter((each) => choice.contains(each.element))) {
        if (!rows.some((bottom) => Math.abs(bottom - line.box.bottom) < line.size / 2)) rows.push(line.box.bottom);
      }
      if (rows.length > limits.lines) say(`${named(choice)} takes ${rows.length} lines, at most ${limits.lines}`);
    }
    for (const node of new Set(words.map((line) => line.node))) {
      if (!node.parentElement.closest("h1, button, .sentence, .note, dt, .pill")) continue;
      for (const word of node.data.matchAll(/[\p{L}\p{M}'’]+/gu)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const tops = new Set([...range.getClientRects()].filter((rect) => rect.width > 0.5).map((rect) => Math.round(rect.top)));
        if (tops.size > 1) say(`the word "${word[0]}" is broken`);
      }
    }
  }

  window.measured = (pxPerMm, limits) => {
    known = new Map();
    const found = new Set();
    const say = (sentence) => found.add(sentence);
    const mm = (px) => (px / pxPerMm).toFixed(1);
    mm.px = pxPerMm;
    const targets = [...document.querySelectorAll(TARGETS)]
      .filter((element) => element.tabIndex >= 0 && seen(element))
      .filter((element) => !(element.matches("input") && getComputedStyle(element).pointerEvents === "none")) // keys type into it
      .map((element) => ({ element, box: edges(element.getBoundingClientRect()) }));
    const words = lines();
    if (!words.some((line) => line.element.closest("main"))) say("nothing is on the screen");
    cutOff(say, mm, words, targets);
    overlapping(say, mm, words, targets);
    tappable(say, mm, targets, limits);
    roomy(say, mm, words, limits);
    readable(say, mm, words, limits);
    few(say, words, limits);
    return [...found];
  };
})();
