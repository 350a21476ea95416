// Shows what was opened: it is scrolled into view and given the focus, in the page where somebody
// pressed, and only there. Moves between the rows with the arrows. Says that the page lives.

const INBOX = ".hitl-inbox";
const ROW = ".hitl-inbox-row";
const PANEL = ".hitl-inbox-panel";
const KINDS = [".hitl-inbox-select", ".hitl-inbox-open"];
const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const BEAT_MS = 15000;
const FRAMES = 120;

const isSeen = (element) => Boolean(element?.offsetParent);

// A card that has just been made is put into the page piece by piece.
const isWhole = (panel) =>
  !panel?.matches(".hitl-inbox-opened") || isSeen(panel.querySelector(".hitl-approval .hitl-title"));

function scrollTo(panel) {
  const fits = panel.offsetHeight < window.innerHeight * 0.7;
  panel.scrollIntoView({ block: fits ? "nearest" : "start" });
}

function render({ model, el }) {
  let pressedHere = false;
  const inbox = () => el.closest(INBOX);
  // Elsewhere, or in a field of the inbox: then the focus stays there.
  const isBusy = () => {
    const at = document.activeElement;
    if (!at || at === document.body || at.contains(el)) return false;
    return !inbox()?.contains(at) || at.matches("input, textarea, select");
  };
  const act = ({ target }) => {
    if (target instanceof Node && inbox()?.contains(target)) pressedHere = true;
  };
  const show = (name, frames) => {
    const part = inbox()?.querySelector(`.hitl-part-${name}`);
    const panel = part?.closest(PANEL);
    if (!(isSeen(part) && isWhole(panel)) && frames) {
      requestAnimationFrame(() => show(name, frames - 1));
    } else if (isSeen(part) && !isBusy()) {
      part.focus({ preventScroll: true });
      scrollTo(panel ?? part);
    }
  };
  const follow = ({ show: name }) => {
    if (pressedHere) show(name, FRAMES);
    pressedHere = false;
  };
  const move = (event) => {
    const row = event.target instanceof Element ? event.target.closest(ROW) : null;
    const kind = KINDS.find((one) => event.target.matches?.(one));
    if (!(event.key in STEPS) || !kind || !inbox()?.contains(row)) return;
    const all = [...inbox().querySelectorAll(`${ROW} ${kind}`)].filter(isSeen);
    event.preventDefault();
    event.stopPropagation();
    all[all.indexOf(event.target) + STEPS[event.key]]?.focus();
  };
  // Not to a kernel that has ended, which the cards' own script tells.
  const beat = () => el.isConnected && !el.closest(".hitl-ended") && model.send({ beat: true });
  window.addEventListener("click", act, true);
  window.addEventListener("keydown", move, true);
  model.on("msg:custom", follow);
  const beats = setInterval(beat, BEAT_MS);
  requestAnimationFrame(beat);
  return () => {
    clearInterval(beats);
    model.off("msg:custom", follow);
    window.removeEventListener("keydown", move, true);
    window.removeEventListener("click", act, true);
  };
}

export default { render };
