// The title of a lesson on its tab, where JupyterLab has the name of the file.

import { lessonOf } from "./asking.js";

const TITLE = "hitl-title";
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
export function entitle(widget) {
  const { [TITLE]: _, ...others } = widget.title.dataset;
  const title = titleOf(widget);
  widget.title.dataset = title ? { ...others, [TITLE]: title } : others;
}

const STYLE = `[data-${TITLE}] > .lm-TabBar-tabLabel {text-overflow: ellipsis;}`;

export function drawTitles({ TabBarSvg }) {
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
