// Saving an open notebook.

// What is typed while JupyterLab saves counts as saved there, and is not. Returns whether it was
// saved: where it was not, JupyterLab has said why in a dialog of its own.
export async function save(context) {
  const { model } = context;
  let isChanged = false;
  let isSaved = false;
  const change = () => {
    isChanged = true;
  };
  const hear = (_, state) => {
    if (state !== "started") isSaved = state === "completed";
  };
  model.contentChanged.connect(change);
  context.saveState.connect(hear);
  try {
    await context.save();
  } finally {
    model.contentChanged.disconnect(change);
    context.saveState.disconnect(hear);
  }
  if (isChanged) model.dirty = true;
  return isSaved;
}
