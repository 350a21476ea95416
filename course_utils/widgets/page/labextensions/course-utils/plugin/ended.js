// Says that the kernel behind a card has ended, and takes away what looks alive. The cards' own
// script watches the kernel of a page that is open; the plugin beside this file uses the words for
// a page that was reloaded.

const ENDED_WORDS = "The kernel behind this has ended. Run the cell again.";
const ENDED = "hitl-ended";
const OVER = new Set(["restarting", "autorestarting", "terminating", "dead"]);
const CONTROLS = "button, input, textarea, select";
// What was chosen or typed stays to be read, as do the names of threads that stand on buttons, and
// the sign of a status, which stands where the page would put its own sign of a broken link.
const ENDED_STYLE = `
.${ENDED} .jupyter-widgets-disconnected:not(.hitl-title)::before,
.jupyter-widgets-disconnected:is(.${ENDED}, :has(.${ENDED}))::before {content: none;}
.${ENDED} :where(.hitl-title)::before {content: none; color: inherit; font: inherit;}
.${ENDED} :is(button:not(.hitl-inbox-open), button i, .hitl-inbox-bar),
.${ENDED} :is(.widget-text, .widget-textarea):has(:placeholder-shown),
.${ENDED} .${ENDED} > .${ENDED}-note {display: none;}
.${ENDED} button {background: none !important; opacity: 1 !important; cursor: text !important;
  padding: 0; color: var(--jp-content-font-color1, inherit) !important;}
.${ENDED} {border: 1px dashed var(--jp-border-color1, #bdbdbd) !important;
  border-radius: 4px; padding: 10px 14px; margin: 6px 0;}
.${ENDED} table {margin-left: 0;}
.${ENDED}-note {margin: 2px 0 8px; padding: 6px 10px; line-height: 1.5; border-radius: 4px;
  font-size: var(--jp-content-font-size1, 14px); color: var(--jp-content-font-color1, inherit);
  background: var(--jp-layout-color2, #eee);}`;

function note(words, more) {
  const made = document.createElement("div");
  made.className = `${ENDED}-note`;
  made.setAttribute("role", "status");
  const style = document.createElement("style");
  style.textContent = ENDED_STYLE;
  const strong = document.createElement("strong");
  strong.textContent = words;
  made.append(style, strong, more ? ` ${more}` : "");
  return made;
}

// Frames what is left of a card, with the words above it.
export function frame(left, more, words = ENDED_WORDS) {
  const made = document.createElement("div");
  made.className = ENDED;
  made.append(note(words, more), left);
  return made;
}

function end(card) {
  if (card.classList.contains(ENDED)) return;
  card.classList.add(ENDED);
  card.prepend(note(ENDED_WORDS, "Below is what it showed last."));
  for (const control of card.querySelectorAll(CONTROLS)) control.disabled = true;
}

// Whether the kernel, which may be another by now, still has the widget.
async function knows(kernel, id) {
  const { content } = await kernel.requestCommInfo({ target_name: "jupyter.widget" });
  return content.status !== "ok" || id in content.comms;
}

// Ends the card of a widget when the kernel has ended; returns what stops the watch. Only JupyterLab
// and Notebook let a widget see its kernel. `el` is the widget's element, a child of the card's.
function watchKernel(model, el) {
  const manager = model.widget_manager;
  const mine = manager.kernel?.id;
  const about = manager.context?.sessionContext ?? manager.kernel;
  let stopped = false;
  const gone = () => {
    if (stopped) return;
    // A view is made before it is put into its box.
    if (el.parentElement) end(el.parentElement);
    else requestAnimationFrame(gone);
  };
  const isLive = () => !el.classList.contains("jupyter-widgets-disconnected");
  const look = () => isLive() || gone();
  const ask = () => {
    const kernel = manager.kernel;
    if (!kernel || kernel.id !== mine) gone();
    else knows(kernel, nameOf(el)).then((known) => known || gone(), () => {});
  };
  const status = (_, now) => {
    if (OVER.has(now)) gone();
    // Another page may have restarted it.
    else if (now === "starting") ask();
  };
  const connection = (_, now) => now === "connected" && ask();
  const wired = [
    [about?.statusChanged, status],
    [about?.connectionStatusChanged, connection],
    [about?.kernelChanged, ask],
  ];
  for (const [signal, slot] of wired) signal?.connect(slot);
  model.on("comm_live_update", look);
  look();
  return () => {
    stopped = true;
    model.off("comm_live_update", look);
    for (const [signal, slot] of wired) signal?.disconnect(slot);
  };
}
