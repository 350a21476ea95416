// The documents that are open in JupyterLab.

// The notebook that an element stands in, or nothing.
export function panelOf(app, node) {
  return [...app.shell.widgets("main")].find((each) => each.context && each.node.contains(node));
}

// The document of a path, or nothing where it is not open.
export function openedAt(app, path) {
  return [...app.shell.widgets("main")].find((each) => each.context?.path === path);
}
