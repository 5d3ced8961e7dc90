// PostGraphile 5 as it comes, with its plain names, over the same database; with ORGANIZATION in the environment under
// the same role, policies and tenant as ours.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { makeV4Preset } from "postgraphile/presets/v4";

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
