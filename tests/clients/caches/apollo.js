// Runs Apollo Client as docs/clients.md configures it, and reports what its cache holds.
import { createApolloClient, recordMeasurements } from "../apollo.js";
import * as documents from "./documents.js";
import { customers, endpoint, finance, key, keyResult, names, nps, objective } from "./observing.js";
import { report, sentMethods, settled, values } from "./observing.js";

const client = createApolloClient(endpoint, key);
const observed = {};

const load = async (query, variables) =>
  (await client.query({ query, variables, fetchPolicy: "network-only" })).data;
const cached = (query, variables) => client.readQuery({ query, variables });

async function watch(query, variables) {
  const watched = client.watchQuery({ query, variables });
  watched.subscribe(() => {});
  await settled();
  return watched;
}

await load(documents.board, customers);
await load(documents.board, finance);
await load(documents.boardCounts, customers);
observed.boards = [customers, finance].map((which) => cached(documents.board, which)?.kpiScorecard.total ?? null);

await load(documents.series, { id: nps, bucket: "QUARTERLY" });
await load(documents.series, { id: nps, bucket: "YEARLY" });
const quarters = () => values(cached(documents.series, { id: nps, bucket: "QUARTERLY" })?.kpi.series) ?? null;
observed.series = [quarters(), values(cached(documents.series, { id: nps, bucket: "YEARLY" })?.kpi.series)];
await load(documents.seriesCounts, { id: nps, bucket: "QUARTERLY" });
observed.seriesAfterOtherFields = quarters();
await load(documents.series, { id: nps, bucket: "QUARTERLY" });

await load(documents.forecast, { id: nps });
await load(documents.forecastBasis, { id: nps });
observed.forecast = cached(documents.forecast, { id: nps })?.kpi.forecast.value ?? null;

const history = await watch(documents.measurements, { id: nps });
await history.fetchMore({ variables: { after: history.getCurrentResult().data.kpi.measurements.pageInfo.endCursor } });
observed.measurements = cached(documents.measurements, { id: nps }).kpi.measurements.edges.map(({ node }) => node.value);

const descending = { ...customers, orderBy: { direction: "DESC", field: "NAME" } };
const list = await watch(documents.list, customers);
await list.fetchMore({ variables: { after: list.getCurrentResult().data.kpis.pageInfo.endCursor } });
await load(documents.list, descending);
await load(documents.list, finance);
const shown = () => [customers, descending, finance].map((which) => names(cached(documents.list, which)?.kpis) ?? null);
observed.lists = shown();
observed.nodes = cached(documents.list, customers)?.kpis.nodes.map(({ name }) => name) ?? null;

observed.node = Object.keys((await load(documents.node, { id: nps })).node).sort();

await load(documents.role);
await load(documents.organization);
observed.role = cached(documents.role)?.viewer.role ?? null;

await load(documents.goal, { id: objective });
await client.mutate({ mutation: documents.archive, variables: { id: keyResult } });
observed.keyResults = (await load(documents.goal, { id: objective })).objective.keyResults.length;

sentMethods();
await client.mutate({ mutation: documents.rename, variables: { id: nps } });
observed.renamed = shown();
observed.needsAttention = cached(documents.board, customers)?.kpiScorecard.needsAttention.map(({ name }) => name) ?? null;
observed.requestsToRename = sentMethods();

const board = await watch(documents.board, customers);
await recordMeasurements(client, [{ kpiId: nps, on: "2026-06-01", value: "10" }]);
await settled();
observed.redAfterRecording = board.getCurrentResult().data.kpiScorecard.red;
observed.seriesAfterRecording = quarters();
observed.currentAfterRecording = client.cache.extract()[`Kpi:${nps}`].current;

const input = { dryRun: true, items: [{ kpi: { externalId: "nps", name: "Promoters" } }] };
await client.mutate({ mutation: documents.workspaceImport, variables: { input } });
observed.results = Object.keys(client.cache.extract()).filter((id) => id.startsWith("WorkspaceItemResult"));

report(observed);
