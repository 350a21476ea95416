// The start page: a tab of JupyterLab's with the lessons as a path, and one link to go on.
//
// `hitl lab` reads the learner's files at each request, so the page needs no kernel. All that it is
// told stands in the page as text.

import { asking, isLearners, namesADocument } from "./asking.js";
import { button, make, words } from "./elements.js";
import { RESET } from "./reset.js";
import { TOUR } from "./tour.js";

const ID = "hitl-start";
const OPEN = "course-utils:start";
// A pass in a notebook beside this page shows soon, and a page that is hidden asks nothing.
const EVERY = 4000;
const FAILED = "Your progress cannot be read. Is `hitl lab` still running in its terminal?";
const STYLE = `
#${ID} {overflow: auto; background: var(--jp-layout-color1); color: var(--jp-content-font-color1);
  font-family: var(--jp-content-font-family); font-size: var(--jp-content-font-size1);
  line-height: 1.5;}
#${ID}:focus {outline: none;}
#${ID} .hitl-start {max-width: 880px; margin: 0 auto; padding: 20px 28px 40px;}
#${ID} h1 {font-size: var(--jp-content-font-size4); font-weight: 600; margin: 0 0 12px;}
#${ID} h2 {font-size: var(--jp-content-font-size2); font-weight: 600; margin: 28px 0 8px;}
#${ID} p {margin: 4px 0;}
#${ID} a {color: var(--jp-content-link-color); text-decoration: underline;
  text-underline-offset: 0.3em;}
#${ID} code {font-family: var(--jp-code-font-family); font-size: 0.93em; background: none;
  color: inherit; padding: 0; overflow-wrap: anywhere;}
#${ID} :is(a, button, [tabindex]):focus-visible {outline: 2px solid var(--jp-brand-color1);
  outline-offset: 2px; border-radius: 2px;}
#${ID} .hitl-continue {display: block; padding: 14px 20px; border-radius: 6px;
  border: 2px solid var(--jp-brand-color1); background: var(--jp-layout-color2);
  color: var(--jp-content-font-color1); text-decoration: none;}
#${ID} .hitl-continue:hover {background: var(--jp-layout-color3);}
#${ID} .hitl-continue strong {display: block; font-size: var(--jp-content-font-size3);
  font-weight: 600;}
#${ID} dl {display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 20px 0 0;}
#${ID} dt {font-weight: 600;}
#${ID} dd {margin: 0;}
#${ID} ol, #${ID} ul {list-style: none; margin: 0; padding: 0;}
#${ID} ol > li {position: relative; display: grid; grid-template-columns: 2.4em 1fr max-content;
  gap: 0 12px; padding: 7px 0;}
#${ID} ol > li::before {content: ""; position: absolute; left: 1.2em; margin-left: -1px; top: 0;
  bottom: 0; border-left: 2px solid var(--jp-border-color1);}
#${ID} ol > li:first-child::before {top: 50%;}
#${ID} ol > li:last-child::before {bottom: 50%;}
#${ID} .hitl-number {position: relative; box-sizing: border-box; width: 2.4em; height: 2.4em;
  line-height: calc(2.4em - 4px); border: 2px solid var(--jp-border-color1); border-radius: 50%;
  background: var(--jp-layout-color1); text-align: center; align-self: center;
  font-variant-numeric: tabular-nums;}
#${ID} [data-state="done"] .hitl-number {background: var(--jp-content-font-color1);
  border-color: var(--jp-content-font-color1); color: var(--jp-layout-color1);}
#${ID} [data-state="in progress"] .hitl-number, #${ID} [data-state="next"] .hitl-number {
  border-color: var(--jp-brand-color1);}
#${ID} [data-state="in progress"] .hitl-number {border-width: 4px;
  line-height: calc(2.4em - 8px);}
#${ID} .hitl-facts {display: block; font-size: 0.93em;}
#${ID} .hitl-state {align-self: center; font-weight: 600;}
#${ID} .hitl-state button {font: inherit; font-weight: 400; margin-left: 8px; padding: 2px 10px;
  border: 1px solid var(--jp-border-color0); border-radius: 4px; cursor: pointer;
  background: var(--jp-layout-color2); color: var(--jp-content-font-color1);}
#${ID} .hitl-state button:hover {background: var(--jp-layout-color3);}
#${ID} .hitl-last {margin: 10px 0 0;}
#${ID} .hitl-weak > li {padding: 3px 0;}
#${ID} .hitl-problems {border-left: 3px solid var(--jp-warn-color0); padding-left: 12px;
  overflow-wrap: anywhere;}
@media (max-width: 700px) {
  #${ID} .hitl-start {padding: 14px 14px 30px;}
  #${ID} ol > li {grid-template-columns: 2.4em 1fr;}
  #${ID} .hitl-state {grid-column: 2;}
}`;
const nameOf = ({ number, title, heading }) => [`${number} ${title}`, heading].filter(Boolean).join(": ");

export function startPlugin({ Widget }, services) {
  class StartPage extends Widget {
    constructor(app) {
      super();
      this.app = app;
      this.ask = asking(services, app.serviceManager.serverSettings);
      this.id = ID;
      this.title.label = "Start";
      this.title.caption = "Your way through the course";
      this.title.closable = true;
      this.node.tabIndex = -1;
      const style = make("style", "", STYLE);
      this.page = make("div", "hitl-start", make("p", "", "Reading your files."));
      this.node.append(style, this.page);
      this.told = "";
      this.drawn = new Promise((resolve) => {
        this.isDrawn = resolve;
      });
      this.refresh = this.refresh.bind(this);
    }

    onAfterShow() {
      this.refresh();
    }

    onAfterAttach() {
      this.timer = setInterval(this.refresh, EVERY);
      this.refresh();
    }

    onBeforeDetach() {
      clearInterval(this.timer);
    }

    onActivateRequest() {
      if (!this.node.contains(document.activeElement)) this.node.focus({ preventScroll: true });
    }

    async refresh() {
      if (!this.isVisible || document.hidden || this.isAsking) return;
      this.isAsking = true;
      const told = await this.ask("start").then(JSON.stringify, () => "null");
      this.isAsking = false;
      if (told === this.told || this.isDisposed) return;
      this.told = told;
      this.draw(JSON.parse(told));
    }

    // What had the focus has it again, and the page stays where it was scrolled to.
    draw(page) {
      const named = (each) => each?.getAttribute("href") ?? each?.getAttribute("aria-label");
      const focused = named(document.activeElement?.closest(`#${ID} :is(a, button)`));
      this.page.replaceChildren(...(page ? this.parts(page) : [make("p", "", ...words(FAILED))]));
      const again = [...this.page.querySelectorAll("a, button")].find((each) => named(each) === focused);
      if (focused) again?.focus({ preventScroll: true });
      this.isDrawn();
    }

    parts(page) {
      const facts = page.totals.flatMap(([name, told]) => [make("dt", "", name), make("dd", "", told)]);
      const lessons = page.lessons.map((lesson) => this.lesson(lesson));
      const weak = page.weak.map((place) => {
        const link = this.link(place.link, "", `${place.number} `, ...words(place.heading || place.title));
        return make("li", "", link, `: ${place.lost}`);
      });
      const problems = page.problems.map((problem) => make("p", "", ...words(problem)));
      return [
        make("h1", "", "Your way through the course"),
        this.onward(page),
        ...this.backward(page),
        make("dl", "", ...facts),
        ...(weak.length ? [make("h2", "", "Look again at"), make("ul", "hitl-weak", ...weak)] : []),
        ...(problems.length
          ? [make("h2", "", "Not counted"), make("div", "hitl-problems", ...problems)]
          : []),
        make("h2", "", "Lessons"),
        make("ol", "", ...lessons),
      ];
    }

    onward({ continue: place, all_done: allDone }) {
      if (!place) return make("p", "", allDone);
      const line = make("span", "", ...words(nameOf(place)));
      return this.link(place.link, "hitl-continue", make("strong", "", place.words), line);
    }

    // Where the learner looked last, if that is not where the link above leads to in the same words.
    backward({ last, lessons, continue: place }) {
      const path = last?.link.split("#")[0];
      const lesson = lessons.find(({ link }) => link === path);
      if (!last) return [];
      const heading = last.heading === lesson?.title ? "" : last.heading;
      const told = lesson ? nameOf({ ...lesson, heading }) : heading;
      if (place && told === nameOf(place)) return [];
      return [make("p", "hitl-last", "Where you were last: ", this.link(last.link, "", ...words(told)))];
    }

    reset(lesson, number, title) {
      const made = button("Reset", () => this.app.commands.execute(RESET, { lesson }));
      made.setAttribute("aria-label", `Reset lesson ${number}, ${title.replaceAll("`", "")}`);
      return made;
    }

    lesson({ number, title, state, facts, link, begun }) {
      const named = this.link(link, "", ...words(title));
      const told = make("span", "hitl-facts", facts.join(", "));
      const shown = make("div", "hitl-state", state === "later" ? "" : state);
      if (begun) shown.append(" ", this.reset(decodeURIComponent(link.split("/")[0]), number, title));
      const item = make("li", "", make("span", "hitl-number", number), make("div", "", named, told), shown);
      item.dataset.state = state;
      return item;
    }

    // A link of JupyterLab's own page, so that a new tab of the browser works too; a plain press
    // opens the notebook beside this page.
    link(to, className, ...children) {
      const made = make("a", className, ...children);
      const [path, cell] = to.split("#");
      made.href = `${this.app.serviceManager.serverSettings.baseUrl}lab/tree/${to}`;
      made.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        const place = { path: decodeURIComponent(path), id: cell && `#${cell}` };
        this.app.commands.execute("rendermime:handle-local-link", place);
      });
      return made;
    }
  }

  return {
    id: "course-utils:start",
    autoStart: true,
    activate(app, menu, palette) {
      if (!isLearners()) return;
      const inFront = !namesADocument();
      let page;
      const open = (activate) => {
        if (!page || page.isDisposed) page = new StartPage(app);
        if (!page.isAttached) app.shell.add(page, "main", { activate: false, mode: "tab-before" });
        if (activate) app.shell.activateById(ID);
        return page.drawn;
      };
      app.commands.addCommand(OPEN, { label: "Start Page", execute: () => open(true) });
      menu?.helpMenu.addGroup([OPEN, TOUR, RESET].map((command) => ({ command })), 0);
      palette?.addItem({ command: OPEN, category: "Help" });
      app.restored.then(async () => {
        await open(inFront);
        if (inFront) app.commands.execute(TOUR, { once: true });
      });
    },
  };
}
