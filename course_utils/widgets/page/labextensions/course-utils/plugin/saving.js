// Saving an open notebook.

// What is typed while JupyterLab saves counts as saved there, and is not.
export async function save(context) {
  const { model } = context;
  let isChanged = false;
  const change = () => {
    isChanged = true;
  };
  model.contentChanged.connect(change);
  try {
    await context.save();
  } finally {
    model.contentChanged.disconnect(change);
  }
  if (isChanged) model.dirty = true;
}
