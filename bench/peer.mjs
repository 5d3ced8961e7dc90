// PostGraphile 5 as it comes, with its plain names, over the same database; with ORGANIZATION in the environment under
// the same role, policies and tenant as ours.
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const require = createRequire(process.argv[2] + "/");
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { postgraphile } = await load("postgraphile");
const { grafserv } = await load("postgraphile/grafserv/node");
const { makePgService } = await load("postgraphile/adaptors/pg");
const { makeV4Preset } = await load("postgraphile/presets/v4");

const organization = process.env.ORGANIZATION;
const preset = {
  extends: [makeV4Preset({ simpleCollections: "both", disableDefaultMutations: true, dynamicJson: true })],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ["public"] })],
  grafserv: { port: Number(process.env.PORT), graphqlPath: "/graphql", graphiql: false, watch: false },
  grafast: {
    explain: false,
    context: () => (organization ? { pgSettings: { role: "okrgraph_app", "app.organization_id": organization } } : {}),
  },
};
const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(Number(process.env.PORT), "127.0.0.1");
