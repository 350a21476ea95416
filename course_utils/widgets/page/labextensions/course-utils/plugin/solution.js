// The button for a worked solution, below what the test of an exercise said.
//
// The notebook holds the exercise's number alone. `hitl lab` answers a press: with what it asks
// first, or with the solution beside the learner's code, as it stands in the page, saved or not. All
// that it is told stands in the page as text, and nothing of it is kept in the notebook.

import { asking } from "./asking.js";
import { drawing } from "./drawing.js";
import { button, make, words } from "./elements.js";
import { panelOf } from "./panels.js";

const MIME = "application/vnd.hitl-course.solution+json";
const SHOW = "Show the worked solution";
const HIDE = "Hide the worked solution";
const WAITS = "The solution is being read.";
const FAILED = "The solution cannot be read. Is `hitl lab` still running in its terminal?";
const YOURS = "only in yours";
const WORKED = "only in the worked solution";
const NARROW = "640px";
const STYLE = `
.hitl-solution {container-type: inline-size; line-height: 1.5; padding: 4px;
  font-family: var(--jp-content-font-family); font-size: var(--jp-content-font-size1);
  color: var(--jp-content-font-color1);}
.hitl-solution button {font: inherit; padding: 3px 12px; margin: 2px 8px 2px 0; cursor: pointer;
  border: 1px solid var(--jp-border-color1); border-radius: 3px; background: var(--jp-layout-color2);
  color: var(--jp-content-font-color1);}
.hitl-solution button:hover {background: var(--jp-layout-color3);}
.hitl-solution :is(button, section):focus-visible {outline: 2px solid var(--jp-brand-color1);
  outline-offset: 1px;}
.hitl-solution p {margin: 6px 0; max-width: 80ch;}
.hitl-solution p code {background: none; padding: 0; font-size: 0.93em;
  font-family: var(--jp-code-font-family); color: inherit; overflow-wrap: anywhere;}
.hitl-solution section {padding: 1px 6px; margin-top: 4px; border-radius: 4px;}
.hitl-both {display: grid; grid-template-columns: 1fr 1fr; margin: 8px 0;
  border: 1px solid var(--jp-border-color1); border-radius: 4px; overflow: hidden;}
.hitl-both.hitl-one {grid-template-columns: 1fr;}
.hitl-both > * {min-width: 0; padding: 0 6px 0 0;}
.hitl-both > .hitl-right {border-left: 1px solid var(--jp-border-color1);}
.hitl-both > .hitl-head {font-weight: 600; padding: 4px 10px;
  border-bottom: 1px solid var(--jp-border-color1);}
.hitl-both .hitl-line {display: flex; font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);}
.hitl-both .hitl-line > :first-child {flex: none; width: 2em; text-align: center;
  user-select: none;}
.hitl-both .hitl-line > :last-child {flex: 1; min-width: 0; white-space: pre-wrap;
  overflow-wrap: anywhere; min-height: 1.5em;}
.hitl-both > .hitl-yours {background: rgba(211, 47, 47, 0.14);}
.hitl-both > .hitl-worked {background: rgba(56, 142, 60, 0.18);}
.hitl-both > .hitl-nothing {background: var(--jp-layout-color2);}
.hitl-signs {display: none;}
@container (max-width: ${NARROW}) {
  .hitl-both {grid-template-columns: 1fr;}
  .hitl-both > .hitl-right {border-left: none;}
  .hitl-both > :is(.hitl-again, .hitl-nothing, .hitl-head) {display: none;}
  .hitl-signs {display: block;}
}`;

// A line that is broken goes on below its own beginning, and a little to the right.
function line(sign, said, text) {
  const mark = make("span", "", sign);
  const code = make("span", "", text);
  const indent = `${text.length - text.trimStart().length + 2}ch`;
  code.style.paddingLeft = indent;
  code.style.textIndent = `-${indent}`;
  if (said) {
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", said);
  }
  return make("div", "hitl-line", mark, code);
}

// Lines of one version; where it has none, a reader of the screen hears nothing.
function side(className, sign, said, lines) {
  const made = make("div", className, ...lines.map((text) => line(sign, said, text)));
  if (!lines.length) made.classList.replace(className.split(" ")[0], "hitl-nothing");
  return made;
}

function sides({ yours, worked, same }) {
  if (!same) {
    return [
      side("hitl-yours", "\u2212", YOURS, yours),
      side("hitl-worked hitl-right", "+", WORKED, worked),
    ];
  }
  // Read once, though it stands in both columns.
  const again = side("hitl-again hitl-right", "", "", worked);
  again.setAttribute("aria-hidden", "true");
  return [side("hitl-same", "", "", yours), again];
}

function hasTwo(blocks) {
  return blocks.some((block) => !block.same) && blocks.some((block) => block.yours.length);
}

function comparison(blocks) {
  const made = make("div", "hitl-both");
  made.setAttribute("role", "group");
  // Nothing was written, or the two are the same: one column has it all.
  if (!hasTwo(blocks)) {
    made.classList.add("hitl-one");
    made.setAttribute("aria-label", "The worked solution");
    made.append(...blocks.map((block) => side("hitl-same", "", "", block.worked)));
    return made;
  }
  made.setAttribute("aria-label", "Your code and the worked solution, line by line");
  const heads = [make("div", "hitl-head", "Yours"), make("div", "hitl-head hitl-right", "Worked solution")];
  made.append(...heads, ...blocks.flatMap(sides));
  return made;
}

function part({ explanation, note, blocks }) {
  const signs = `\u2212 is ${YOURS}, + is ${WORKED}.`;
  return [
    ...(explanation ? [make("p", "hitl-why", ...words(explanation))] : []),
    ...(note ? [make("p", "", note)] : []),
    ...(hasTwo(blocks) ? [make("p", "hitl-signs", signs)] : []),
    comparison(blocks),
  ];
}

export function solutionPlugin({ Widget }, services, registry) {
  class SolutionButton extends Widget {
    constructor(app, resolver) {
      super();
      this.app = app;
      this.ask = asking(services, app.serviceManager.serverSettings);
      this.resolver = resolver;
      this.addClass("hitl-solution");
      this.button = button(SHOW, () => this.press());
      this.told = make("div");
      this.node.append(make("style", "", STYLE), this.button, this.told);
      this.isOpen = false;
    }

    async renderModel(model) {
      this.exercise = model.data[MIME].exercise;
    }

    // The button says at any time what its next press does.
    open(isOpen) {
      this.isOpen = isOpen;
      this.button.textContent = isOpen ? HIDE : SHOW;
      this.button.setAttribute("aria-expanded", String(isOpen));
    }

    close() {
      this.open(false);
      this.told.replaceChildren();
      this.button.focus();
    }

    press() {
      if (this.isOpen) this.close();
      else this.show(false);
    }

    async show(anyway) {
      if (this.asking) return;
      this.asking = true;
      this.say(WAITS, "status");
      const told = { ...this.notebook(), exercise: this.exercise, anyway };
      const answer = await this.ask("solution", told).catch(() => null);
      this.asking = false;
      if (this.isDisposed) return;
      if (answer?.asks) this.question(answer.asks);
      else if (answer?.parts) this.solution(answer);
      else this.say(answer?.refused ?? FAILED, "alert");
    }

    say(text, role) {
      const said = make("p", "", ...words(text));
      said.setAttribute("role", role);
      this.told.replaceChildren(said);
      return said;
    }

    question(text) {
      this.say(text, "alert");
      const again = button("Try again", () => this.close());
      this.told.append(again, button("See it anyway", () => this.show(true)));
      again.focus();
    }

    solution({ title, parts, problems }) {
      this.open(true);
      const made = make("section", "", ...parts.flatMap(part));
      made.append(...problems.map((problem) => make("p", "", ...words(problem))));
      made.setAttribute("aria-label", `Worked solution: ${title.replaceAll("`", "")}`);
      made.tabIndex = -1;
      this.told.replaceChildren(made);
      made.focus({ preventScroll: true });
    }

    // The notebook that the button stands in, with its cells as they are now.
    notebook() {
      const panel = panelOf(this.app, this.node);
      const path = panel?.context.path ?? this.resolver?.path ?? "";
      const cells = panel?.content?.model?.toJSON().cells;
      return { path, cells: cells?.map((cell) => ({ ...cell, outputs: [] })) ?? null };
    }
  }

  const createRenderer = (app, { resolver }) => new SolutionButton(app, resolver);
  return drawing("solution", MIME, registry, createRenderer);
}
