// Plugins that draw what a cell of a lesson has put out.

import { isLearners } from "./asking.js";

// A plugin that draws outputs of one type in `hitl lab`. Nobody answers a press anywhere else, and
// the output's own text stands there instead.
export function drawing(name, mimeType, registry, createWidget) {
  return {
    id: `course-utils:${name}`,
    autoStart: true,
    requires: [registry],
    activate(app, rendermime) {
      if (!isLearners()) return;
      const createRenderer = (given) => createWidget(app, given);
      rendermime.addFactory({ safe: true, mimeTypes: [mimeType], createRenderer }, 0);
    },
  };
}
