// graphql-jit and dataloader on node:http with our protection: API key, application role, tenant, snapshot, policies.
// A map from the text of a document to its compiled function; no middleware, timer or log for each request.
import { createServer } from "node:http";
import DataLoader from "dataloader";
import { buildSchema, parse, validate } from "graphql";
import { compileQuery, isCompiledQuery } from "graphql-jit";
import { Snapshot, authenticate } from "./session.mjs";
import { byExternalId, byLevel, children, keyResults, many, one, people } from "./statements.mjs";
import { typeDefs } from "./schema.mjs";

const MAX_DOCUMENTS = 1000;
const schema = buildSchema(typeDefs);
const resolvers = {
  Query: {
    objective: async (_, { externalId }, { snapshot }) => (await snapshot.rows(byExternalId, externalId))[0] ?? null,
    objectives: async (_, { first, filter }, { snapshot }) => ({
      nodes: await snapshot.rows(byLevel, filter.level.eq, first),
    }),
  },
  Objective: {
    owner: ({ ownerId }, _, { loaders }) => (ownerId ? loaders.people.load(ownerId) : null),
    keyResults: ({ id }, _, { loaders }) => loaders.keyResults.load(id),
    children: async ({ id }, { first }, { loaders }) => ({ nodes: (await loaders.children.load(id)).slice(0, first) }),
  },
};
for (const [type, fields] of Object.entries(resolvers)) {
  for (const [name, resolve] of Object.entries(fields)) schema.getType(type).getFields()[name].resolve = resolve;
}

const compiled = new Map();
function compile(text) {
  if (compiled.size >= MAX_DOCUMENTS) compiled.clear();
  const document = parse(text);
  const errors = validate(schema, document);
  const query = errors.length ? { errors } : compileQuery(schema, document);
  compiled.set(text, query);
  return query;
}

const loadersOf = (snapshot) => ({
  people: new DataLoader(async (keys) => one(keys, await snapshot.rows(people, keys))),
  keyResults: new DataLoader(async (keys) => many(keys, await snapshot.rows(keyResults, keys))),
  children: new DataLoader(async (keys) => many(keys, await snapshot.rows(children, keys))),
});

async function answer(request, text) {
  const organization = await authenticate(request.headers.authorization);
  if (organization === null) return [401, { errors: [{ message: "The API key is not valid." }] }];
  const { query, variables } = JSON.parse(text);
  const executable = compiled.get(query) ?? compile(query);
  if (!isCompiledQuery(executable)) return [400, { errors: executable.errors }];
  const snapshot = await Snapshot.open(organization);
  try {
    return [200, await executable.query(undefined, { snapshot, loaders: loadersOf(snapshot) }, variables ?? {})];
  } finally {
    snapshot.close();
  }
}

createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", async () => {
    const [status, result] = await answer(request, Buffer.concat(parts).toString()).catch((error) => [
      500,
      { errors: [{ message: String(error) }] },
    ]);
    const body = Buffer.from(JSON.stringify(result));
    response.writeHead(status, { "content-type": "application/json", "content-length": body.length });
    response.end(body);
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
