// Sends what is written on the page, and shows the answer as it comes.
"use strict";

const OPERATION = /^\s*(?:query|mutation)\s+([_A-Za-z]\w*)/gm;

const { key, examples } = JSON.parse(document.getElementById("config").textContent);
const form = document.getElementById("request");
const fields = Object.fromEntries(
  ["example", "key", "operation", "query", "variables"].map((id) => [id, document.getElementById(id)]),
);
const operationLabel = document.getElementById("operation-label");
const status = document.getElementById("status");
const answer = document.getElementById("answer");

function showExample() {
  const { query, variables } = examples[Number(fields.example.value)];
  fields.query.value = query;
  fields.variables.value = variables;
  offerOperations();
}

// A document with several operations needs the name of the one to run.
function offerOperations() {
  const names = [...fields.query.value.matchAll(OPERATION)].map((match) => match[1]);
  const chosen = fields.operation.value;
  fields.operation.replaceChildren(...names.map((name) => new Option(name)));
  if (names.includes(chosen)) fields.operation.value = chosen;
  operationLabel.hidden = names.length < 2;
}

async function run() {
  let variables;
  try {
    variables = fields.variables.value.trim() ? JSON.parse(fields.variables.value) : {};
  } catch (error) {
    show(`The variables are not JSON: ${error.message}`, "");
    return;
  }
  show("Running …", "");
  const started = performance.now();
  try {
    const response = await fetch("graphql", {
      method: "POST",
      headers: headers(),
      body: JSON.stringify({
        query: fields.query.value,
        variables,
        operationName: operationLabel.hidden ? undefined : fields.operation.value,
      }),
    });
    const text = await response.text();
    show(`Status ${response.status}, ${Math.round(performance.now() - started)} ms`, indented(text));
  } catch (error) {
    show(`The request could not be sent: ${error.message}`, "");
  }
}

function headers() {
  const sent = { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" };
  const typed = fields.key.value.trim();
  return typed ? { ...sent, Authorization: `Bearer ${typed}` } : sent;
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function show(line, text) {
  status.textContent = line;
  answer.textContent = text;
}

fields.key.value = key ?? "";
fields.example.replaceChildren(...examples.map(({ name }, index) => new Option(name, String(index))));
fields.example.addEventListener("change", showExample);
fields.query.addEventListener("input", offerOperations);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
showExample();
