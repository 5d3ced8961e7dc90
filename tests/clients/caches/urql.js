// Runs urql with Graphcache as docs/clients.md configures it, and reports what its cache holds.
import { createUrqlClient } from "../urql.js";
import * as documents from "./documents.js";
import { customers, endpoint, finance, key, keyResult, names, nps, objective } from "./observing.js";
import { report, sentMethods, settled, succeed, values } from "./observing.js";

const client = createUrqlClient(endpoint, key);
const observed = {};

const load = async (query, variables = {}) =>
  succeed(await client.query(query, variables, { requestPolicy: "network-only" }).toPromise());
const cached = (query, variables = {}) => client.readQuery(query, variables)?.data;
const mutate = async (document, variables) => succeed(await client.mutation(document, variables).toPromise());

await load(documents.board, customers);
await load(documents.board, finance);
await load(documents.boardCounts, customers);
observed.methods = sentMethods();
observed.boards = [customers, finance].map((which) => cached(documents.board, which)?.kpiScorecard.total ?? null);

await load(documents.series, { id: nps, bucket: "QUARTERLY" });
await load(documents.series, { id: nps, bucket: "YEARLY" });
const quarters = () => values(cached(documents.series, { id: nps, bucket: "QUARTERLY" })?.kpi.series) ?? null;
observed.series = [quarters(), values(cached(documents.series, { id: nps, bucket: "YEARLY" })?.kpi.series)];
await load(documents.seriesCounts, { id: nps, bucket: "QUARTERLY" });
observed.seriesAfterOtherFields = quarters();

await load(documents.forecast, { id: nps });
await load(documents.forecastBasis, { id: nps });
observed.forecast = cached(documents.forecast, { id: nps })?.kpi.forecast.value ?? null;

const { measurements } = (await load(documents.measurements, { id: nps })).kpi;
await load(documents.measurements, { id: nps, after: measurements.pageInfo.endCursor });
const history = cached(documents.measurements, { id: nps });
observed.measurements = history.kpi.measurements.edges.map(({ node }) => node.value);

const descending = { ...customers, orderBy: { direction: "DESC", field: "NAME" } };
const { kpis } = await load(documents.list, customers);
await load(documents.list, descending);
await load(documents.list, finance);
await load(documents.list, { ...customers, after: kpis.pageInfo.endCursor });
const shown = () => [customers, descending, finance].map((which) => names(cached(documents.list, which)?.kpis) ?? null);
observed.lists = shown();
observed.nodes = cached(documents.list, customers)?.kpis.nodes.map(({ name }) => name) ?? null;
observed.totalCount = cached(documents.list, customers)?.kpis.totalCount ?? null;

observed.node = Object.keys((await load(documents.node, { id: nps })).node).sort();

await load(documents.role);
await load(documents.organization);
observed.role = cached(documents.role)?.viewer.role ?? null;

await load(documents.goal, { id: objective });
await mutate(documents.archive, { id: keyResult });
observed.keyResults = (await load(documents.goal, { id: objective })).objective.keyResults.length;

sentMethods();
await mutate(documents.rename, { id: nps });
observed.renamed = shown();
observed.needsAttention = cached(documents.board, customers)?.kpiScorecard.needsAttention.map(({ name }) => name) ?? null;
observed.requestsToRename = sentMethods();

let red;
client.query(documents.board, customers).subscribe(({ data }) => (red = data?.kpiScorecard?.red));
await settled();
await mutate(documents.record, { input: { measurements: [{ kpiId: nps, on: "2026-06-01", value: "10" }] } });
await settled();
observed.redAfterRecording = red;
observed.seriesAfterRecording = quarters();

const input = { dryRun: true, items: [{ kpi: { externalId: "nps", name: "Promoters" } }] };
await mutate(documents.workspaceImport, { input });

report(observed);
