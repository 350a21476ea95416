// Puts a lesson or an exercise back to how it was released, as `hitl reset` does. It asks once, and
// says where the copy of the learner's work is.

import { asking, isLearners, lessonOf } from "./asking.js";
import { goTo, placeIn } from "./places.js";
import { save } from "./saving.js";

export const RESET = "course-utils:reset";
const WHOLE = "The whole lesson and your answers to its questions";
const QUESTION = "Choose what becomes as it was released. A dated copy of your work is kept.";
const COPY = "Open the copy";
const EXERCISE = /^#+ +(?:Exercise|Milestone) +(\d+)/gm;

// The number of the exercise that the learner is at.
function exerciseAt({ activeCellIndex, widgets }) {
  const above = widgets.slice(0, activeCellIndex + 1).reverse();
  const headings = above.filter((cell) => cell.model.type === "markdown");
  const sources = headings.map((cell) => cell.model.sharedModel.getSource());
  const nearest = sources.find((source) => /^#/m.test(source)) ?? "";
  return [...nearest.matchAll(EXERCISE)].at(-1)?.[1];
}

const nameOf = ({ number, title }) =>
  [`Exercise ${number}`, title.replaceAll("`", "")].filter(Boolean).join(": ");

class Reset {
  constructor(app, tracker, ask, { Dialog, InputDialog, showDialog, showErrorMessage }) {
    Object.assign(this, { app, tracker, ask, Dialog, InputDialog, showDialog, showErrorMessage });
  }

  get inFront() {
    const { currentWidget } = this.app.shell;
    return this.tracker.has(currentWidget) ? currentWidget : null;
  }

  get lesson() {
    const lesson = lessonOf(this.inFront?.context.path);
    return lesson === "reference" ? undefined : lesson;
  }

  async run(lesson) {
    try {
      const told = await this.choose(lesson);
      if (told) await this.carryOut(lesson, told);
    } catch (error) {
      await this.showErrorMessage("Nothing was reset", error.message);
    }
  }

  async asked(name, told) {
    const answer = await this.ask(name, told);
    if (answer.problem) throw new Error(answer.problem);
    return answer;
  }

  // Returns the number of an exercise, "" for the lesson, or nothing where the learner cancels.
  async choose(lesson) {
    const { exercises } = await this.asked(`reset?lesson=${encodeURIComponent(lesson)}`);
    const at = this.lesson === lesson ? exerciseAt(this.inFront.content) : undefined;
    const named = exercises.map(nameOf);
    const { button, value } = await this.InputDialog.getItem({
      title: `Reset lesson ${lesson.slice(0, 2)}`,
      label: QUESTION,
      items: [WHOLE, ...named],
      current: exercises.findIndex(({ number }) => number === at) + 1,
      okLabel: "Reset",
    });
    if (!button.accept || !value) return undefined;
    return { exercise: exercises[named.indexOf(value)]?.number ?? "" };
  }

  async carryOut(lesson, { exercise }) {
    const open = this.tracker.filter(({ context }) => lessonOf(context.path) === lesson);
    // The copy is of what the learner sees.
    for (const { context } of open) await save(context);
    if (open.some(({ context }) => context.model.dirty)) throw new Error("The lesson could not be saved.");
    const { lines, kept } = await this.asked("reset", { lesson, exercise });
    await Promise.all(open.map((panel) => this.show(panel, exercise)));
    await this.tellOf(lines, kept, lesson);
  }

  async show({ content, context, sessionContext }, exercise) {
    const place = placeIn(content);
    await context.revert();
    // A lesson that begins anew begins at its beginning, unless the learner looks at it.
    goTo(content, exercise || content.isVisible ? place : { id: content.widgets[0]?.model.id });
    // What the kernel still knows of a lesson that begins anew would only mislead.
    if (!exercise) await sessionContext.session?.kernel?.restart();
  }

  async tellOf(lines, kept, lesson) {
    const copy = kept && `What was there before is in your workspace, in ${kept}.`;
    const buttons = [this.Dialog.okButton({ label: "OK" })];
    if (kept) buttons.unshift(this.Dialog.cancelButton({ label: COPY }));
    const body = [...lines, copy].filter(Boolean).join(" ");
    const { button } = await this.showDialog({ title: "It is reset", body, buttons });
    if (button.label !== COPY) return;
    await this.app.commands.execute("docmanager:open", { path: `${kept}/${lesson}.ipynb` });
  }
}

// A button among those of each lesson's notebook.
function addButton(panel, app, { ToolbarButton }) {
  const lesson = lessonOf(panel.context.path);
  if (!lesson || lesson === "reference") return;
  const button = new ToolbarButton({
    label: "Reset",
    tooltip: "Put this lesson or one exercise back to how it was released",
    onClick: () => app.commands.execute(RESET),
  });
  panel.toolbar.insertBefore("spacer", "hitl-reset", button);
}

export function resetPlugin(services, apputils) {
  return {
    id: "course-utils:reset",
    autoStart: true,
    activate(app, tracker, palette) {
      if (!isLearners()) return;
      const ask = asking(services, app.serviceManager.serverSettings);
      const reset = new Reset(app, tracker, ask, apputils);
      app.commands.addCommand(RESET, {
        label: "Reset Lesson or Exercise",
        isEnabled: ({ lesson }) => Boolean(lesson ?? reset.lesson),
        execute: ({ lesson }) => reset.run(lesson ?? reset.lesson),
      });
      palette?.addItem({ command: RESET, category: "Help" });
      const add = (panel) => addButton(panel, app, apputils);
      tracker.widgetAdded.connect((_, panel) => add(panel));
      tracker.forEach(add);
    },
  };
}
