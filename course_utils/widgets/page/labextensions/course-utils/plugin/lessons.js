// What a lesson has in JupyterLab: its title on its tab, its table of contents beside it, and the
// place where the learner was.

import { asking, isLearners, lessonOf, namesADocument } from "./asking.js";
import { cellInSight, goTo, placeIn, stopGoing } from "./places.js";
import { save } from "./saving.js";
import { drawTitles, entitle } from "./titles.js";

const START = "hitl-start";
const CONTENTS = "table-of-contents";
const FILES = "filebrowser";
const NARROW = "(max-width: 760px)";
// A learner who scrolls is not at a place yet.
const SETTLED = 1000;
// Where JupyterLab itself does not mind that the disk is ahead.
const MARGIN = 500;

// A kernel writes its name into a notebook that was not run here yet. Saved at once, a lesson that
// was only looked at is closed without a question.
async function saveWhatTheKernelWrote({ context, sessionContext }) {
  await sessionContext.ready;
  await sessionContext.session?.kernel?.info;
  requestIdleCallback(() => context.isDisposed || !context.model.dirty || save(context));
}

class Lessons {
  constructor(app, ask, kept, link) {
    const [known, shown, led] = [new WeakSet(), new WeakSet(), new WeakSet()];
    Object.assign(this, { app, ask, kept, known, shown, led, link, wantsContents: true });
  }

  // What the server cannot keep is kept for as long as the page is open.
  tell(told) {
    this.ask("places", told).catch(() => {});
  }

  watch() {
    const { shell } = this.app;
    shell.currentChanged.connect(() => this.look());
    addEventListener("focus", () => {
      if (this.isLesson(this.inFront)) this.refresh(this.inFront);
    });
    this.look();
  }

  isLesson(widget) {
    return Boolean(widget?.sessionContext && lessonOf(widget.context?.path));
  }

  // What a widget activated just now is not the current one yet, but is to be seen.
  get inFront() {
    const { shell } = this.app;
    if (shell.currentWidget?.isVisible) return shell.currentWidget;
    return [...shell.widgets("main")].find(({ isVisible }) => isVisible);
  }

  look() {
    for (const widget of this.app.shell.widgets("main")) this.adopt(widget);
    const { inFront } = this;
    if (inFront?.id === START || this.isLesson(inFront)) this.besides(inFront);
    if (this.isLesson(inFront)) this.show(inFront);
  }

  async adopt(widget) {
    if (!widget.context || this.known.has(widget)) return;
    this.known.add(widget);
    if (this.isLesson(widget)) this.hearLinks(widget);
    await widget.context.ready;
    entitle(widget);
    widget.context.pathChanged.connect(() => entitle(widget));
    if (this.isLesson(widget)) saveWhatTheKernelWrote(widget);
  }

  // A link leads to its cell or heading, and not to the last place. JupyterLab itself would not stay
  // at the cell while those above are drawn.
  hearLinks(panel) {
    const { content } = panel;
    const { setFragment } = content;
    content.setFragment = (fragment) => {
      this.led.add(panel);
      stopGoing(content);
      const cell = /^#cell-id=(.+)$/.exec(fragment)?.[1];
      return cell ? goTo(content, { id: decodeURIComponent(cell) }) : setFragment.call(content, fragment);
    };
  }

  async show(panel) {
    await panel.revealed;
    if (panel.isDisposed) return;
    if (this.shown.has(panel)) {
      this.refresh(panel);
      this.keep(panel);
      return;
    }
    this.shown.add(panel);
    const { content } = panel;
    const { link } = this;
    this.link = "";
    if (link) await content.setFragment(link);
    else if (!this.led.has(panel)) await goTo(content, { id: this.kept.cells[lessonOf(panel.context.path)] });
    let waiting;
    const keep = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.keep(panel), SETTLED);
    };
    content.activeCellChanged.connect(keep);
    content.node.addEventListener("scroll", keep, { capture: true, passive: true });
    keep();
  }

  // The sidebar shows contents beside a lesson and files beside the start page, unless the learner
  // closed it, or showed something else at the last lesson. A narrow window has no room for it.
  besides(front) {
    const { shell } = this.app;
    const isLesson = front.id !== START;
    const shown = [...shell.widgets("left")].find((widget) => widget.isVisible)?.id;
    if (this.wasLesson && !isLesson) this.wantsContents = shown === CONTENTS;
    this.wasLesson = isLesson;
    const [wanted, other] = isLesson ? [CONTENTS, FILES] : [FILES, CONTENTS];
    if (shown !== other || !this.wantsContents) return;
    if (matchMedia(NARROW).matches) {
      shell.collapseLeft();
      return;
    }
    shell.activateById(wanted);
    shell.activateById(front.id);
  }

  keep(panel) {
    const lesson = lessonOf(panel.context.path);
    if (panel.isDisposed || !panel.isVisible || !lesson) return;
    const cell = cellInSight(panel.content)?.model.id;
    if (!cell || (this.last === lesson && this.kept.cells[lesson] === cell)) return;
    this.last = lesson;
    this.kept.cells[lesson] = cell;
    this.tell({ lesson, cell });
  }

  // Shows what another program wrote, `hitl reset` say. What is not saved here is never lost:
  // JupyterLab asks about it when it saves.
  async refresh({ content, context, sessionContext }) {
    const isBusy = () => sessionContext.session?.kernel?.status === "busy";
    const isQuiet = () => !context.isDisposed && !context.model.dirty && !isBusy();
    if (!isQuiet() || !context.contentsModel) return;
    const now = await this.app.serviceManager.contents.get(context.path, { content: false });
    const ahead = Date.parse(now.last_modified) - Date.parse(context.contentsModel.last_modified);
    if (!(ahead > MARGIN) || !isQuiet()) return;
    const place = placeIn(content);
    await context.revert();
    goTo(content, place);
  }
}

export function lessonsPlugin(services, components) {
  return {
    id: "course-utils:lessons",
    autoStart: true,
    activate(app) {
      if (!isLearners()) return;
      const ask = asking(services, app.serviceManager.serverSettings);
      const told = ask("places").catch(() => ({ cells: {} }));
      // The address of the page may name a cell of a lesson.
      const link = namesADocument() ? window.location.hash : "";
      drawTitles(components);
      // JupyterLab is not restored before each plugin is active.
      app.restored.then(async () => new Lessons(app, ask, await told, link).watch());
    },
  };
}
