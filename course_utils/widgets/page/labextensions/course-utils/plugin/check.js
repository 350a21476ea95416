// The button at a lesson's end that checks the learner's work, as `hitl check` does.
//
// The notebook holds that the button stands there, and nothing else. A press saves the notebook, so
// that what is checked is what the learner sees. `hitl lab` then answers with lines: how many cells
// have run, how many tests have a verdict, and at last what came of it. The check goes on where the
// page is closed, and its page is written all the same.

import { asking } from "./asking.js";
import { drawing } from "./drawing.js";
import { button, make, words } from "./elements.js";
import { openedAt, panelOf } from "./panels.js";
import { save } from "./saving.js";
import { entitle } from "./titles.js";

const MIME = "application/vnd.hitl-course.check+json";
const CHECK = "Check my work";
const READY = "It saves the notebook, and checks it as an instructor would.";
const RUNS = "Your work is being checked.";
const READS = "The notebook is read. The first check takes a few seconds longer.";
const WRITES = "The page is written.";
const DONE = "Your work is checked: ";
const UNSAVED = "Nothing was checked: the notebook could not be saved. Save it with Ctrl+S, and press again.";
const NO_ANSWER = "Nothing was checked: no answer came. Is `hitl lab` still running in its terminal?";
const CUT_OFF = "The check was cut off. Is `hitl lab` still running in its terminal?";
const BAR = "How much of your work is checked";
const PAGE = "Open the page that an instructor would send";
// Reading comes before all steps, and the page after them: a bar that is full is done.
const BESIDE = 2;
const STYLE = `
.hitl-check {line-height: 1.5; padding: 4px; font-family: var(--jp-content-font-family);
  font-size: var(--jp-content-font-size1); color: var(--jp-content-font-color1);}
.hitl-check button {font: inherit; padding: 3px 12px; margin: 2px 8px 2px 0; cursor: pointer;
  border: 1px solid var(--jp-border-color0); border-radius: 3px; background: var(--jp-layout-color2);
  color: var(--jp-content-font-color1);}
.hitl-check button:hover {background: var(--jp-layout-color3);}
.hitl-check button[aria-disabled="true"] {cursor: default; opacity: 0.65;}
.hitl-check :is(a, button):focus-visible {outline: 2px solid var(--jp-brand-color1);
  outline-offset: 1px;}
.hitl-check p {margin: 4px 0; max-width: 80ch; overflow-wrap: anywhere;}
.hitl-check code {background: none; padding: 0; font-size: 0.93em; color: inherit;
  font-family: var(--jp-code-font-family);}
.hitl-check a {color: var(--jp-content-link-color); text-decoration: underline;}
.hitl-check-bar {box-sizing: border-box; height: 12px; max-width: 480px; margin: 6px 0 2px;
  border: 1px solid var(--jp-content-font-color1); border-radius: 6px; overflow: hidden;
  background: var(--jp-layout-color1);}
.hitl-check-bar > div {height: 100%; width: 0; background: var(--jp-brand-color1);
  transition: width 0.15s;}
.hitl-check table {margin: 8px 0; border: none; border-collapse: collapse; table-layout: auto;
  font-size: inherit; color: inherit;}
.hitl-check :is(td, th) {padding: 2px 16px 2px 0; text-align: left; vertical-align: top;
  white-space: normal; overflow-wrap: anywhere; max-width: none; border: none;
  background: none; font-weight: inherit;}
.hitl-check tr {background: none !important;}
.hitl-check :is(td, th):not(:first-child) {white-space: nowrap;}
.hitl-check :is(td, th):last-child {padding-right: 0; text-align: right;}
.hitl-check :is(thead, tfoot) {font-weight: 600;}
@media (prefers-reduced-motion: reduce) {.hitl-check-bar > div {transition: none;}}
@media (forced-colors: active) {.hitl-check-bar > div {background: Highlight;
  forced-color-adjust: none;}}`;

// The lines of an answer, each as soon as it has come.
async function* linesOf(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

class Bar {
  constructor() {
    this.filled = make("div");
    this.bar = make("div", "hitl-check-bar", this.filled);
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", BAR);
    this.bar.setAttribute("aria-valuemin", "0");
    this.bar.setAttribute("aria-valuemax", "100");
    // Beside the bar, and not read out at each step.
    this.words = make("p");
    this.node = make("div", "", this.bar, this.words);
    this.show(0, READS);
  }

  show(share, text) {
    const percent = Math.round(share * 100);
    this.filled.style.width = `${percent}%`;
    this.bar.setAttribute("aria-valuenow", String(percent));
    this.bar.setAttribute("aria-valuetext", text);
    this.words.textContent = text;
  }

  // Of how many it is, is known when both have told.
  take({ cells, tests, writes }) {
    this.cells = cells ?? this.cells;
    this.tests = tests ?? this.tests;
    if (!this.cells || !this.tests) return;
    const [run, ofCells] = this.cells;
    const [marked, ofTests] = this.tests;
    const share = (1 + run + marked) / (BESIDE + ofCells + ofTests);
    const steps = `${run} of ${ofCells} cells run, ${marked} of ${ofTests} tests marked.`;
    this.show(share, writes ? WRITES : steps);
  }
}

function row(tag, cells) {
  return make("tr", "", ...cells.map((cell) => make(tag, "", ...words(cell))));
}

function table({ rows, total }) {
  const head = row("th", ["What", "How it went", "Points"]);
  for (const cell of head.children) cell.scope = "col";
  const body = rows.map((cells) => row("td", cells));
  const made = make("table", "", make("thead", "", head), make("tbody", "", ...body));
  made.append(make("tfoot", "", row("td", ["Total", "", total])));
  return made;
}

export function checkPlugin({ Widget }, services, registry) {
  class CheckButton extends Widget {
    constructor(app) {
      super();
      this.app = app;
      this.ask = asking(services, app.serviceManager.serverSettings);
      this.addClass("hitl-check");
      this.button = button(CHECK, () => this.press());
      this.said = make("p", "", READY);
      this.said.setAttribute("role", "status");
      this.told = make("div");
      this.node.append(make("style", "", STYLE), this.button, this.said, this.told);
    }

    async renderModel() {}

    // A button that is disabled would lose the focus.
    runs(isRunning) {
      this.isRunning = isRunning;
      this.button.setAttribute("aria-disabled", String(isRunning));
    }

    async press() {
      if (this.isRunning) return;
      this.runs(true);
      this.told.replaceChildren();
      this.say(RUNS);
      const problem = await this.check().catch(() => CUT_OFF);
      this.runs(false);
      if (problem) this.fail(problem);
    }

    say(text) {
      this.said.replaceChildren(...words(text));
    }

    fail(problem) {
      this.told.replaceChildren();
      this.say(problem);
    }

    // Returns why nothing was checked, or nothing.
    async check() {
      const { context } = panelOf(this.app, this.node);
      // JupyterLab says in a dialog of its own why it could not save.
      const isSaved = await save(context).then(() => true, () => false);
      if (!isSaved) return UNSAVED;
      const folder = context.path.split("/").slice(0, -1).join("/");
      const answer = await this.ask.answer("check", { folder }).catch(() => null);
      if (!answer) return NO_ANSWER;
      const bar = new Bar();
      this.told.replaceChildren(bar.node);
      let last;
      for await (const line of linesOf(answer)) {
        last = line;
        if (!line.problem && !line.rows) bar.take(line);
      }
      if (last?.problem) return last.problem;
      if (!last?.rows) return CUT_OFF;
      this.show(last, `${folder}/check.html`);
      return "";
    }

    show(checked, path) {
      const sentences = checked.sentences.map((sentence) => make("p", "", ...words(sentence)));
      this.told.replaceChildren(table(checked), ...sentences);
      this.say(`${DONE}${checked.total} points.`);
      if (!checked.page) return;
      this.told.append(make("p", "", this.link(path)));
      this.open(path, false);
    }

    link(path) {
      const made = make("a", "", PAGE);
      made.href = `${this.app.serviceManager.serverSettings.baseUrl}lab/tree/${path}`;
      made.addEventListener("click", (event) => {
        event.preventDefault();
        this.open(path, true);
      });
      return made;
    }

    // Opens the page in a tab. One that is open already shows what is new.
    async open(path, activate) {
      if (!activate) await openedAt(this.app, path)?.context.revert();
      entitle(await this.app.commands.execute("docmanager:open", { path, options: { activate } }));
    }
  }

  return drawing("check", MIME, registry, (app) => new CheckButton(app));
}
