// What the server of `hitl lab` is asked and told, and which file is which lesson.

// Only `hitl lab` answers; it says so in the page.
export function isLearners() {
  const config = document.getElementById("jupyter-config-data")?.textContent ?? "{}";
  return Boolean(JSON.parse(config).hitlStart);
}

// Returns a function that asks the server; what it is given as well, it tells. Throws where no
// answer comes.
export function asking({ ServerConnection }, settings) {
  const answer = async (name, told) => {
    const sent = told ? { method: "POST", body: JSON.stringify(told) } : {};
    const address = `${settings.baseUrl}hitl/${name}`;
    const came = await ServerConnection.makeRequest(address, sent, settings);
    if (!came.ok) throw new Error(`${came.status} ${came.statusText}`);
    return came;
  };
  // An answer that comes in parts is read by who asked.
  return Object.assign(async (name, told) => (await answer(name, told)).json(), { answer });
}

// The folder of the lesson that a notebook is, or nothing for another notebook.
export const lessonOf = (path) => /^(\d\d_\w+|reference)\/\1\.ipynb$/.exec(path ?? "")?.[1];

// Whether the page's address names a document, which is then what the learner wants to see.
export const namesADocument = () => /\/tree\/./.test(window.location.pathname);
