// What a lesson has in JupyterLab: its title on its tab, its table of contents beside it, and the
// place where the learner was.

import { asking, isLearners, lessonOf } from "./asking.js";

const TITLE = "hitl-title";
const START = "hitl-start";
const CONTENTS = "table-of-contents";
const FILES = "filebrowser";
const NARROW = "(max-width: 760px)";
// A learner who scrolls is not at a place yet.
const SETTLED = 1000;
const STILL = 1000;
// Where JupyterLab itself does not mind that the disk is ahead.
const MARGIN = 500;
const KEPT = /^kept\/(\d\d_\w+)_before_\w+_(\d{4}-\d\d-\d\d)_.*\/\1\.ipynb$/;
const CHECK = /^(\d\d)_\w+\/check\.html$/;

function titleOf(widget) {
  const { path } = widget.context;
  const check = CHECK.exec(path);
  if (check) return `Check of ${check[1]}`;
  const kept = KEPT.exec(path);
  if (kept) return `Copy of ${kept[1].slice(0, 2)}, ${kept[2]}`;
  const lesson = lessonOf(path);
  const first = lesson && widget.content.model?.cells.get(0)?.sharedModel.getSource();
  const heading = /^# +(.+)$/m.exec(first ?? "")?.[1].replaceAll("`", "");
  return heading && [/^\d\d/.exec(lesson)?.[0], heading].filter(Boolean).join(" ");
}

// JupyterLab renames the file when the label of its tab changes, so the label stays what it is. The
// title is data of the tab, which draws it in the label's place.
function entitle(widget) {
  const { [TITLE]: _, ...others } = widget.title.dataset;
  const title = titleOf(widget);
  widget.title.dataset = title ? { ...others, [TITLE]: title } : others;
}

const STYLE = `[data-${TITLE}] > .lm-TabBar-tabLabel {text-overflow: ellipsis;}`;

function drawTitles({ TabBarSvg }) {
  const { prototype } = TabBarSvg.Renderer;
  const { renderTab } = prototype;
  prototype.renderTab = function drawn(data) {
    const label = data.title.dataset[TITLE];
    const title = label ? Object.create(data.title, { label: { value: label } }) : data.title;
    return renderTab.call(this, { ...data, title });
  };
  const style = document.createElement("style");
  style.textContent = STYLE;
  document.head.append(style);
}

// The cell that is worked in while it is in sight, else the first that is.
export function cellInSight(notebook) {
  const view = notebook.node.getBoundingClientRect();
  const isSeen = (cell) => {
    const { top, bottom, height } = cell.node.getBoundingClientRect();
    return height > 0 && bottom > view.top + 8 && top < view.bottom;
  };
  const { activeCell, widgets } = notebook;
  return activeCell && isSeen(activeCell) ? activeCell : widgets.find(isSeen);
}

// Shows a cell at the top. JupyterLab draws the cells of a notebook one by one, so the cell is shown
// there again until all above it stands still, or the learner moves.
export async function goTo(notebook, id) {
  const index = notebook.widgets.findIndex((cell) => cell.model.id === id);
  if (index < 0) return;
  const cells = notebook.widgets.slice(0, index + 1);
  notebook.activeCellIndex = index;
  const stop = new AbortController();
  const { signal } = stop;
  const end = () => stop.abort();
  const moved = { signal, passive: true };
  for (const move of ["wheel", "keydown", "pointerdown"]) notebook.node.addEventListener(move, end, moved);
  notebook.disposed.connect(end);
  let still;
  const drawn = new ResizeObserver(() => {
    clearTimeout(still);
    notebook.scrollToItem(index, "start");
    if (cells.every(({ node }) => node.isConnected)) still = setTimeout(end, STILL);
  });
  for (const { node } of cells) drawn.observe(node);
  await new Promise((done) => signal.addEventListener("abort", done));
  drawn.disconnect();
  clearTimeout(still);
}

// What is typed while JupyterLab saves counts as saved there, and is not.
export async function save(context) {
  const { model } = context;
  let isChanged = false;
  const change = () => {
    isChanged = true;
  };
  model.contentChanged.connect(change);
  await context.save();
  model.contentChanged.disconnect(change);
  if (isChanged) model.dirty = true;
}

// A kernel writes its name into a notebook that was not run here yet. Saved at once, a lesson that
// was only looked at is closed without a question.
async function saveWhatTheKernelWrote({ context, sessionContext }) {
  await sessionContext.ready;
  await sessionContext.session?.kernel?.info;
  requestIdleCallback(() => context.isDisposed || !context.model.dirty || save(context));
}

class Lessons {
  constructor(app, ask, kept) {
    Object.assign(this, { app, ask, kept, known: new WeakSet(), shown: new WeakSet(), wantsContents: true });
  }

  // What the server cannot keep is kept for as long as the page is open.
  tell(told) {
    this.ask("places", told).catch(() => {});
  }

  watch() {
    const { shell } = this.app;
    shell.currentChanged.connect(() => this.look());
    addEventListener("focus", () => this.isLesson(this.inFront) && this.refresh(this.inFront));
    this.look();
  }

  isLesson(widget) {
    return Boolean(widget?.sessionContext && lessonOf(widget.context?.path));
  }

  // What a widget activated just now is not the current one yet, but is to be seen.
  get inFront() {
    const { currentWidget } = this.app.shell;
    return currentWidget?.isVisible ? currentWidget : [...this.app.shell.widgets("main")].find(({ isVisible }) => isVisible);
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
    await widget.context.ready;
    entitle(widget);
    widget.context.pathChanged.connect(() => entitle(widget));
    if (this.isLesson(widget)) saveWhatTheKernelWrote(widget);
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
    // A link may have led to another cell.
    if (content.activeCellIndex < 1) await goTo(content, this.kept.cells[lessonOf(panel.context.path)]);
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
    const isQuiet = () => !context.isDisposed && !context.model.dirty && sessionContext.session?.kernel?.status !== "busy";
    if (!isQuiet() || !context.contentsModel) return;
    const now = await this.app.serviceManager.contents.get(context.path, { content: false });
    const ahead = Date.parse(now.last_modified) - Date.parse(context.contentsModel.last_modified);
    if (!(ahead > MARGIN) || !isQuiet()) return;
    const cell = cellInSight(content)?.model.id;
    await context.revert();
    goTo(content, cell);
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
      drawTitles(components);
      // JupyterLab is not restored before each plugin is active.
      app.restored.then(async () => new Lessons(app, ask, await told).watch());
    },
  };
}
