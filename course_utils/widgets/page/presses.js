// Sends a press together with what stood in the fields when it was made, in one message. The press
// itself goes no further: whatever order messages take, nothing typed can come before or after it.

const CARD = ".hitl-presses";
const MARK = "hitl-part-";
const PARTS = `[class*="${MARK}"]`;

const cardOf = (element) => element.closest(CARD);

function nameOf(part) {
  const mark = [...part.classList].find((name) => name.startsWith(MARK));
  return mark.slice(MARK.length);
}

const index = (number) => ({ index: number < 0 ? null : number });

function standing(part) {
  const radios = [...part.querySelectorAll("input[type=radio]")];
  if (radios.length) return index(radios.findIndex((radio) => radio.checked));
  const input = part.querySelector("input, textarea, select");
  if (!input) return null;
  if (input.type === "checkbox") return { value: input.checked };
  if (input.tagName === "SELECT") return index(input.selectedIndex);
  return { value: input.value };
}

function fieldsOf(card) {
  const fields = {};
  for (const part of card.querySelectorAll(PARTS)) {
    const state = cardOf(part) === card && standing(part);
    if (state) fields[nameOf(part)] = state;
  }
  return fields;
}

// A button that is clicked, by mouse or key, or a field with a meaning for Enter in which it is hit.
function pressed(event) {
  const at = event.target instanceof Element ? event.target : null;
  if (event.type === "click") return at?.closest(`button${PARTS}`);
  return event.key === "Enter" ? at?.closest(`.hitl-enter${PARTS}`) : null;
}

// In a question the arrows, Enter, Space and letters are the question's: the notebook would go to
// another cell, or cut this one. What leads out of it stays the notebook's.
const QUESTION = ".hitl-quiz";
const LEADS_OUT = new Set(["Escape", "Tab"]);

function isTheQuestions(event) {
  const modified = event.ctrlKey || event.altKey || event.metaKey;
  const runsTheCell = event.shiftKey && event.key === "Enter";
  return !modified && !runsTheCell && !LEADS_OUT.has(event.key);
}

const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

// Between checkboxes as the page itself does between radio buttons, and round the end.
function step(event, card) {
  const by = STEPS[event.key];
  if (!by || event.target.type !== "checkbox") return;
  const boxes = [...card.querySelectorAll("input[type=checkbox]")];
  const next = boxes.indexOf(event.target) + by;
  boxes.at(next % boxes.length).focus();
  event.preventDefault();
}

// The person may have gone on to something else meanwhile: then the focus stays there.
function isElsewhere(card) {
  const at = document.activeElement;
  return at && !card.contains(at) && !at.contains(card);
}

function focusOn(part) {
  const itself = part?.matches("button, [tabindex]");
  (itself ? part : part?.querySelector("input, textarea, select"))?.focus();
}

// The role is on the part that stays, and so is there before the words are.
function watchRegions(el) {
  const watch = new MutationObserver(name);
  let stopped = false;
  function name() {
    for (const region of el.parentElement?.querySelectorAll(".hitl-read-out:not([role])") ?? []) {
      region.setAttribute("role", "status");
    }
  }
  // A view is made before it is put into its box.
  function begin() {
    if (stopped) return;
    if (!el.parentElement) return requestAnimationFrame(begin);
    name();
    watch.observe(el.parentElement, { childList: true, subtree: true });
  }
  begin();
  return () => {
    stopped = true;
    watch.disconnect();
  };
}

function render({ model, el }) {
  let pressedHere = false;
  const follow = ({ focus: name }) => {
    const card = el.parentElement;
    if (pressedHere && card && !isElsewhere(card)) focusOn(card.querySelector(`.${MARK}${name}`));
    pressedHere = false;
  };
  // A key that is held down would press the next button too, which has the focus by then.
  const hold = (event) => {
    if (event.repeat && event.key === "Enter" && pressed({ type: "click", target: event.target })) {
      event.preventDefault();
    }
    const card = event.target instanceof Element && cardOf(event.target);
    if (!card || card !== el.parentElement || !card.matches(QUESTION)) return;
    if (!isTheQuestions(event)) return;
    event.stopPropagation();
    step(event, card);
  };
  const take = (event) => {
    const part = pressed(event);
    const card = part && cardOf(part);
    if (!card || card !== el.parentElement) return;
    event.stopPropagation();
    if (event.type === "click") event.preventDefault();
    const at = event.target;
    // Enter chooses first, and submits what is chosen.
    if (event.type === "keypress" && at.type === "radio" && !at.checked) return at.click();
    pressedHere = true;
    const words = event.type === "click" ? part.textContent : "";
    model.send({ pressed: nameOf(part), words, fields: fieldsOf(card) });
  };
  // At the document, before the buttons' own listeners and those of the page.
  for (const type of ["click", "keypress"]) document.addEventListener(type, take, true);
  // Before JupyterLab's own, which is at the document.
  window.addEventListener("keydown", hold, true);
  model.on("msg:custom", follow);
  const unwatch = [watchKernel(model, el), watchRegions(el)];
  return () => {
    for (const stop of unwatch) stop();
    model.off("msg:custom", follow);
    window.removeEventListener("keydown", hold, true);
    for (const type of ["click", "keypress"]) document.removeEventListener(type, take, true);
  };
}

export default { render };
