// The tour of the page: five steps, shown by itself at the first start and never again.
//
// A modal <dialog> of the browser's keeps the focus, closes on Escape, gives the focus back, and
// hides the page behind it from a screen reader.

import { asking, isLearners } from "./asking.js";
import { button, make } from "./elements.js";

export const TOUR = "course-utils:tour";
const SEEN = "tour";
const ID = "hitl-tour";
const GAP = 12;
const menu = (name) => () =>
  [...document.querySelectorAll("#jp-MainMenu .lm-MenuBar-item")].find((item) => item.textContent === name);
const at = (selector) => () => document.querySelector(selector);
const STEPS = [
  [
    "Where you are",
    "This page shows how far you are. The large link opens what comes next.",
    at("#hitl-start .hitl-continue"),
  ],
  [
    "The lessons",
    "Take the lessons in their order. Each line shows what you have done and how many minutes are left.",
    at("#hitl-start ol > li"),
  ],
  [
    "The contents of a lesson",
    `A lesson opens with its table of contents, which is behind this icon. The folder above it shows
    your files.`,
    at('.lm-TabBar-tab[data-id="table-of-contents"]'),
  ],
  [
    "Run a cell",
    `Press Shift+Enter to run a cell and go to the next one. If a result looks wrong, this menu can
    restart the kernel and run all cells.`,
    menu("Run"),
  ],
  [
    "When you need help",
    `This menu opens the start page and this tour. It also resets a lesson or one exercise, and a
    dated copy of your work is kept.`,
    menu("Help"),
  ],
];
const STYLE = `
#${ID} {position: fixed; inset: 0; width: 100vw; height: 100vh; max-width: none; max-height: none;
  margin: 0; padding: 0; border: 0; overflow: hidden; background: none;}
#${ID}::backdrop {background: none;}
#${ID} .hitl-ring {position: fixed; border-radius: 6px; outline: 3px solid var(--jp-brand-color1);
  box-shadow: 0 0 0 200vmax rgba(0, 0, 0, 0.5);}
#${ID} .hitl-step {position: fixed; box-sizing: border-box; width: min(24em, 100vw - ${2 * GAP}px);
  max-height: calc(100vh - ${2 * GAP}px); overflow: auto; padding: 16px 20px; border-radius: 6px;
  border: 1px solid var(--jp-border-color1); background: var(--jp-layout-color1);
  color: var(--jp-content-font-color1); font-family: var(--jp-content-font-family);
  font-size: var(--jp-content-font-size1); line-height: 1.5;}
#${ID} h2 {margin: 0 0 6px; font-size: var(--jp-content-font-size2); font-weight: 600;}
#${ID} p {margin: 0 0 6px;}
#${ID} .hitl-buttons {display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-top: 12px;}
#${ID} .hitl-buttons > :first-child {margin-right: auto;}
#${ID} button {font: inherit; padding: 4px 14px; border-radius: 4px; cursor: pointer;
  border: 1px solid var(--jp-border-color0); background: var(--jp-layout-color2);
  color: var(--jp-content-font-color1);}
#${ID} button:hover {background: var(--jp-layout-color3);}
#${ID} button:focus-visible {outline: 2px solid var(--jp-brand-color1); outline-offset: 2px;}`;

// Where the card hides least of what the step is about: below it, above it, or at a side.
function bestCorner({ left, top, right, bottom }, wide, high) {
  const { clientWidth, clientHeight } = document.documentElement;
  const within = (value, size, room) => Math.max(GAP, Math.min(value, room - size - GAP));
  const corner = ([x, y]) => [within(x, wide, clientWidth), within(y, high, clientHeight)];
  const hidden = ([x, y]) =>
    Math.max(0, Math.min(x + wide, right) - Math.max(x, left)) *
    Math.max(0, Math.min(y + high, bottom) - Math.max(y, top));
  const sides = [
    [left, bottom + GAP],
    [left, top - GAP - high],
    [right + GAP, top],
    [left - GAP - wide, top],
  ];
  return sides.map(corner).sort((one, other) => hidden(one) - hidden(other))[0];
}

// In the middle where a step is about nothing that shows.
function put(card, ring, target) {
  const { clientWidth, clientHeight } = document.documentElement;
  const box = target?.getBoundingClientRect();
  const isSeen = box?.width > 0 && box.bottom > 0 && box.top < clientHeight;
  const middle = [(clientWidth - card.offsetWidth) / 2, (clientHeight - card.offsetHeight) / 2];
  const corner = isSeen ? bestCorner(box, card.offsetWidth, card.offsetHeight) : middle;
  const around = isSeen ? [box.left - 4, box.top - 4, box.width + 8, box.height + 8] : [-9, -9, 0, 0];
  [card.style.left, card.style.top] = corner.map((length) => `${length}px`);
  const { style } = ring;
  [style.left, style.top, style.width, style.height] = around.map((length) => `${length}px`);
}

class Tour {
  constructor() {
    this.number = 0;
    this.count = make("p");
    this.heading = make("h2");
    this.text = make("p");
    this.ring = make("div", "hitl-ring");
    this.skip = button("Skip the tour", () => this.dialog.close());
    this.back = button("Back", () => this.turn(-1));
    this.next = button("Next", () => this.turn(1));
    const told = make("div", "", this.count, this.heading, this.text);
    told.id = `${ID}-step`;
    told.setAttribute("aria-live", "polite");
    const buttons = make("div", "hitl-buttons", this.skip, this.back, this.next);
    this.card = make("div", "hitl-step", told, buttons);
    this.dialog = make("dialog", "", make("style", "", STYLE), this.ring, this.card);
    this.dialog.id = ID;
    this.dialog.setAttribute("aria-label", "Tour of the page");
    this.dialog.setAttribute("aria-describedby", told.id);
    // What is typed here is not meant for a notebook.
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation());
  }

  show() {
    const moved = () => this.draw();
    addEventListener("resize", moved);
    this.dialog.addEventListener("close", () => {
      removeEventListener("resize", moved);
      this.dialog.remove();
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.turn(0);
  }

  turn(by) {
    this.number += by;
    if (this.number === STEPS.length) {
      this.dialog.close();
      return;
    }
    this.draw();
    if (by < 1 && !this.number) this.next.focus();
  }

  draw() {
    const [title, told, target] = STEPS[this.number];
    const isLast = this.number + 1 === STEPS.length;
    this.count.textContent = `Step ${this.number + 1} of ${STEPS.length}`;
    this.heading.textContent = title;
    this.text.textContent = told;
    this.back.hidden = !this.number;
    this.skip.hidden = isLast;
    this.next.textContent = isLast ? "Done" : "Next";
    target()?.scrollIntoView({ block: "nearest" });
    put(this.card, this.ring, target());
  }
}

export function tourPlugin(services) {
  return {
    id: "course-utils:tour",
    autoStart: true,
    activate(app, palette) {
      if (!isLearners()) return;
      const ask = asking(services, app.serviceManager.serverSettings);
      // It comes by itself once for a workspace, whatever becomes of it; a server that cannot keep
      // that is not asked to show it at each start.
      const isFirst = async () => {
        const { shown } = await ask("places");
        if (shown.includes(SEEN)) return false;
        await ask("places", { shown: SEEN });
        return true;
      };
      const execute = async ({ once }) => {
        if (once && !(await isFirst().catch(() => false))) return;
        if (!once) await app.commands.execute("course-utils:start");
        if (!document.getElementById(ID)) new Tour().show();
      };
      app.commands.addCommand(TOUR, { label: "Tour of the Page", execute });
      palette?.addItem({ command: TOUR, category: "Help" });
    },
  };
}
