// Starts GraphiQL: one tab for each example, and the API key in the headers editor.
"use strict";

const { key, examples } = JSON.parse(document.getElementById("config").textContent);
const headers = JSON.stringify({ Authorization: `Bearer ${key ?? ""}` }, null, 2);

// Nothing outlives the page: neither the key nor tabs that the next version has better examples for.
class MemoryStorage {
  #items = new Map();
  get length() {
    return this.#items.size;
  }
  getItem(name) {
    return this.#items.get(name) ?? null;
  }
  setItem(name, value) {
    this.#items.set(name, String(value));
  }
  removeItem(name) {
    this.#items.delete(name);
  }
  clear() {
    this.#items.clear();
  }
}

async function send(request, options) {
  const response = await fetch("graphql", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json, application/json",
      ...options?.headers,
    },
    body: JSON.stringify(request),
  });
  return response.json();
}

const WORKERS = {
  editorWorkerService: "graphql/explorer/worker-editor.js",
  json: "graphql/explorer/worker-json.js",
  graphql: "graphql/explorer/worker-graphql.js",
};
self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => WORKERS[label] };

async function start() {
  // A font that arrives later changes the width of the tabs, which GraphiQL then takes for dragged.
  await Promise.all([...document.fonts].map((font) => font.load()));
  YogaGraphiQL.renderYogaGraphiQL(document.getElementById("explorer"), {
    title: "okrgraph",
    logo: "",
    fetcher: send,
    headers,
    shouldPersistHeaders: false,
    storage: new MemoryStorage(),
    defaultTabs: examples.map(({ query, variables }) => ({ query, variables, headers })),
    defaultEditorToolsVisibility: "headers",
    // Otherwise the document goes into the URL at every key stroke, and comes from there.
    initialQuery: undefined,
    onEditQuery: () => {},
  });
}

start();
