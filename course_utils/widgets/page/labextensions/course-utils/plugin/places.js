// The cell of a notebook that is in sight, and going to one.

const STILL = 1000;
const MOVES = ["wheel", "keydown", "pointerdown"];
// How to end each way that is being gone.
const going = new WeakMap();

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

// That cell, and how far below the top of the notebook it is. Of a notebook that is not in front the
// active cell is known.
export function placeIn(notebook) {
  const cell = cellInSight(notebook) ?? notebook.activeCell;
  return { id: cell?.model.id, below: cell ? belowTop(notebook, cell) : 0 };
}

function belowTop({ outerNode }, { node }) {
  return node.getBoundingClientRect().top - outerNode.getBoundingClientRect().top;
}

// JupyterLab itself can only show a cell at the top, and takes it back with an error when something
// else is scrolled to.
function scrollTo(notebook, cell, below) {
  if (below && cell.node.isConnected) notebook.outerNode.scrollTop += belowTop(notebook, cell) - below;
  else notebook.scrollToItem(notebook.widgets.indexOf(cell), "start", 0).catch(() => {});
}

export function stopGoing(notebook) {
  going.get(notebook)?.();
}

// Shows a cell at the top, or so far below it. JupyterLab draws the cells of a notebook one by one, so
// the cell is shown there again until all above it stands still, or the learner or a link goes
// elsewhere. A notebook that is not in front has no height yet.
export async function goTo(notebook, { id, below = 0 }) {
  const index = notebook.widgets.findIndex((cell) => cell.model.id === id);
  if (index < 0) return;
  const cells = notebook.widgets.slice(0, index + 1);
  notebook.activeCellIndex = index;
  const stop = new AbortController();
  const { signal } = stop;
  const end = () => stop.abort();
  stopGoing(notebook);
  going.set(notebook, end);
  const moved = { signal, passive: true };
  for (const move of MOVES) notebook.node.addEventListener(move, end, moved);
  notebook.disposed.connect(end);
  notebook.activeCellChanged.connect(end);
  let still;
  const drawn = new ResizeObserver(() => {
    clearTimeout(still);
    scrollTo(notebook, cells[index], below);
    if (notebook.isVisible && cells.every(({ node }) => node.isConnected)) still = setTimeout(end, STILL);
  });
  for (const { node } of cells) drawn.observe(node);
  await new Promise((done) => signal.addEventListener("abort", done));
  notebook.activeCellChanged.disconnect(end);
  drawn.disconnect();
  clearTimeout(still);
}
