// JupyterLab plugins, written as the module-federation container that a build would make.
//
// What a learner has in `hitl lab` is in the files beside this. The plugins for cards and drawings
// are here.
//
// An output that is a widget shows nothing of its own once its kernel has ended and the page was
// reloaded. The output of a card holds its static twin too: this shows the twin, and says why.
//
// JupyterLab shows a drawing as an image without words. This gives it the words of its text twin.
{
  const NAME = "course-utils";
  const WIDGET = "application/vnd.jupyter.widget-view+json";
  const DRAWING = "image/svg+xml";
  const LOOKING = "Looking for the kernel behind this.";
  const IF_IT_STAYS = "If this line stays, run the cell again.";
  const AS_IT_WAS = "Below is what the cell showed when it ran.";
  // A card, or a box of the learner's with cards in it.
  const CARDS = /\b(ApprovalCard|Inbox|QuizCard)\(/;
  const here = document.currentScript.src;
  const beside = (file) => import(new URL(file, here).href);
  const words = beside("ended.js");
  let scope;

  // JupyterLab's own module, as every plugin shares it.
  async function shared(name) {
    const versions = Object.values(scope[name] ?? {});
    const used = versions.find((version) => version.loaded) ?? versions.at(-1);
    return used && (await used.get())();
  }

  const tokenOf = async (name, token) => (await shared(name))?.[token];

  // Shown as JupyterLab shows the HTML of a notebook that it does not trust.
  async function twinOf(html, metadata, rendermime) {
    const renderer = rendermime.createRenderer("text/html");
    await renderer.renderModel({ data: { "text/html": html }, metadata, trusted: false, setData() {} });
    return renderer.node;
  }

  // Shows the twin until JupyterLab has found the widget, and for good where there is none.
  async function render(output, model, rendermime, original) {
    const { node } = output;
    const rendered = original.call(output, model);
    const untouched = node.textContent;
    const html = model.data["text/html"] ?? "";
    const asItWas = html && AS_IT_WAS;
    const [{ frame }, twin] = await Promise.all([words, twinOf(html, model.metadata, rendermime)]);
    const looking = frame(twin, `${IF_IT_STAYS} ${asItWas}`, LOOKING);
    if (node.textContent === untouched) node.replaceChildren(looking);
    await rendered;
    const found = output.widgets.length || output.isHidden;
    if (!found && !node.contains(looking)) node.replaceChildren(frame(twin, asItWas));
  }

  function activate(_app, rendermime) {
    if (!rendermime.getFactory(WIDGET)) return;
    // The class has no name in public, and each notebook has a factory of its own.
    const { prototype } = rendermime.createRenderer(WIDGET, { mimeType: WIDGET }).constructor;
    const original = prototype.renderModel;
    prototype.renderModel = function renderModel(model) {
      if (!CARDS.test(model.data["text/plain"])) return original.call(this, model);
      return render(this, model, rendermime, original);
    };
  }

  const ended = async () => ({
    id: `${NAME}:ended`,
    autoStart: true,
    requires: [await tokenOf("@jupyterlab/rendermime", "IRenderMimeRegistry")],
    // Whoever provides it has registered its renderer by then.
    optional: [await tokenOf("@jupyter-widgets/base", "IJupyterWidgetRegistry")].filter(Boolean),
    activate,
  });

  function nameDrawings(_app, rendermime) {
    if (!rendermime.getFactory(DRAWING)) return;
    const { prototype } = rendermime.createRenderer(DRAWING).constructor;
    const original = prototype.render;
    prototype.render = async function render(model) {
      await original.call(this, model);
      const words = model.data["text/plain"] ?? "";
      const image = this.node.querySelector("img");
      // What begins so names an object, and says nothing of the drawing.
      if (image && !words.startsWith("<")) image.alt = words;
    };
  }

  const drawings = async () => ({
    id: `${NAME}:drawings`,
    autoStart: true,
    requires: [await tokenOf("@jupyterlab/rendermime", "IRenderMimeRegistry")],
    activate: nameDrawings,
  });

  // What `hitl lab` adds for a learner, each in a file beside this.
  async function learners() {
    const [start, tour, lessons, reset] = await Promise.all(
      ["start.js", "tour.js", "lessons.js", "reset.js"].map(beside),
    );
    const services = await shared("@jupyterlab/services");
    const apputils = await shared("@jupyterlab/apputils");
    const palette = await tokenOf("@jupyterlab/apputils", "ICommandPalette");
    const menu = await tokenOf("@jupyterlab/mainmenu", "IMainMenu");
    const optional = [palette].filter(Boolean);
    const menus = [menu, palette].filter(Boolean);
    const requires = [await tokenOf("@jupyterlab/notebook", "INotebookTracker")];
    return [
      { ...start.startPlugin(await shared("@lumino/widgets"), services), optional: menus },
      { ...tour.tourPlugin(services), optional },
      lessons.lessonsPlugin(services, await shared("@jupyterlab/ui-components")),
      { ...reset.resetPlugin(services, apputils), requires, optional },
    ];
  }

  // What outputs of a lesson show as buttons, which `hitl lab` answers.
  async function buttons() {
    const [{ solutionPlugin }, { checkPlugin }] = await Promise.all(
      ["solution.js", "check.js"].map(beside),
    );
    const registry = await tokenOf("@jupyterlab/rendermime", "IRenderMimeRegistry");
    const given = [await shared("@lumino/widgets"), await shared("@jupyterlab/services"), registry];
    return [solutionPlugin(...given), checkPlugin(...given)];
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB[NAME] = {
    init: (given) => {
      scope = given;
    },
    get: async () => {
      const made = await Promise.all([ended(), drawings(), learners(), buttons()]);
      return () => ({ __esModule: true, default: made.flat() });
    },
  };
}
