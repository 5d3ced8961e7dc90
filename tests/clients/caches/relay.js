// Runs Relay on the compiled code of docs/clients.md, and reports what its store holds.
import runtime from "relay-runtime";
import listArtifact from "../compiled/__generated__/KpiList_query.graphql.js";
import pageArtifact from "../compiled/__generated__/KpiListQuery.graphql.js";
import nextArtifact from "../compiled/__generated__/KpiListPaginationQuery.graphql.js";
import importArtifact from "../compiled/__generated__/WorkspaceImportMutation.graphql.js";
import recording from "../compiled/recordMeasurements.js";
import { customers, endpoint, finance, key, names, nps, report } from "./observing.js";

const { createOperationDescriptor, Environment, fetchQuery, getRequest, getSingularSelector, Network } = runtime;

const environment = new Environment({
  network: Network.create(async ({ text }, variables) => {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: text, variables }),
    });
    return response.json();
  }),
  store: new runtime.Store(new runtime.RecordSource()),
});

const descending = { ...customers, orderBy: { direction: "DESC", field: "NAME" } };
const asked = [customers, descending, finance].map((variables) => ({ ...variables, count: 2 }));
const operation = (variables) => createOperationDescriptor(getRequest(pageArtifact.default), variables);
const page = (variables) => environment.lookup(operation(variables).fragment).data;
const list = (variables) => environment.lookup(getSingularSelector(listArtifact.default, page(variables))).data.kpis;
const load = (artifact, variables) => fetchQuery(environment, artifact.default, variables).toPromise();

const observed = {};
const operations = asked.map(operation);
operations.forEach((each) => environment.retain(each));
await load(pageArtifact, asked[0]);
await load(nextArtifact, { ...asked[0], cursor: list(asked[0]).pageInfo.endCursor });
await load(pageArtifact, asked[1]);
await load(pageArtifact, asked[2]);
observed.boards = [asked[0], asked[2]].map((variables) => page(variables).kpiScorecard.total);
observed.lists = asked.map((variables) => names(list(variables)));

await recording.recordMeasurements(environment, [{ kpiId: nps, on: "2026-06-01", value: "10" }]);
observed.currentAfterRecording = environment.getStore().getSource().get(nps).current;
observed.statusAfterRecording = operations.map((each) => environment.check(each).status);
await load(pageArtifact, asked[0]);
observed.redAfterRecording = page(asked[0]).kpiScorecard.red;

const input = { dryRun: true, items: [{ kpi: { externalId: "nps", name: "Promoters" } }] };
await new Promise((onCompleted, onError) =>
  runtime.commitMutation(environment, { mutation: importArtifact.default, variables: { input }, onCompleted, onError }),
);

report(observed);
