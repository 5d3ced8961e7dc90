// fastify and mercurius with compiled documents (`jit: 1`) and its loaders over a pool of pg. Nothing protects the rows.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";
import { byExternalId, byLevel, children, keyResults, many, one, people } from "./statements.mjs";
import { typeDefs } from "./schema.mjs";

const organization = process.env.ORGANIZATION;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const rows = async (statement, ...values) => (await pool.query({ ...statement, values: [organization, ...values] })).rows;

const resolvers = {
  Query: {
    objective: async (_, { externalId }) => (await rows(byExternalId, externalId))[0] ?? null,
    objectives: async (_, { first, filter }) => ({ nodes: await rows(byLevel, filter.level.eq, first) }),
  },
};
const loaders = {
  Objective: {
    owner: async (queries) => {
      const keys = queries.map(({ obj }) => obj.ownerId);
      return one(keys, await rows(people, [...new Set(keys)]));
    },
    keyResults: async (queries) => {
      const keys = queries.map(({ obj }) => obj.id);
      return many(keys, await rows(keyResults, keys));
    },
    children: async (queries) => {
      const keys = queries.map(({ obj }) => obj.id);
      const lists = many(keys, await rows(children, keys));
      return lists.map((list, index) => ({ nodes: list.slice(0, queries[index].params.first) }));
    },
  },
};
const app = Fastify();
app.register(mercurius, { schema: typeDefs, resolvers, loaders, jit: 1 });
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
