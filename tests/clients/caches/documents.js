// The operations that Apollo Client and urql run; all ask for `id` where there is one.
import { parse } from "graphql";

export const board = parse(`
  query Board($filter: KpiFilter) {
    kpiScorecard(filter: $filter) {
      total
      red
      needsAttention { id name }
      categories { category total }
      perspectives { perspective total }
      teams { team { id name } total }
    }
  }
`);

export const boardCounts = parse(`
  query BoardCounts($filter: KpiFilter) {
    kpiScorecard(filter: $filter) { green score }
  }
`);

export const series = parse(`
  query Series($id: ID!, $bucket: KpiBucketFrequency) {
    kpi(id: $id) {
      id
      series(from: "2026-01-01", to: "2026-06-30", bucket: $bucket) { startsOn value }
    }
  }
`);

export const seriesCounts = parse(`
  query SeriesCounts($id: ID!, $bucket: KpiBucketFrequency) {
    kpi(id: $id) {
      id
      series(from: "2026-01-01", to: "2026-06-30", bucket: $bucket) { startsOn count }
    }
  }
`);

export const measurements = parse(`
  query Measurements($id: ID!, $after: String) {
    kpi(id: $id) {
      id
      measurements(first: 2, after: $after) {
        edges { node { id startsOn value revisions { revisionNumber value } } }
        pageInfo { hasNextPage endCursor }
      }
      revisions(first: 2) {
        edges { node { revisionNumber value } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

export const forecast = parse(`
  query Forecast($id: ID!) {
    kpi(id: $id) { id forecast(at: "2026-12-31") { value } }
  }
`);

export const forecastBasis = parse(`
  query ForecastBasis($id: ID!) {
    kpi(id: $id) { id forecast(at: "2026-12-31") { sampleSize } }
  }
`);

export const list = parse(`
  query List($filter: KpiFilter, $orderBy: KpiOrder, $after: String) {
    kpis(first: 2, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      edges { node { id name current } }
      nodes { id name }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const node = parse(`
  query Node($id: ID!) {
    node(id: $id) {
      ... on Node { id }
      ... on Kpi { unit }
    }
  }
`);

export const role = parse("{ viewer { id role } }");

export const organization = parse("{ viewer { id organization { id name } } }");

export const goal = parse(`
  query Goal($id: ID!) {
    objective(id: $id) { id keyResults { id title } }
  }
`);

export const archive = parse(`
  mutation Archive($id: ID!) {
    keyResultArchive(input: { id: $id }) {
      keyResult { id archivedAt }
      userErrors { code message field }
    }
  }
`);

export const rename = parse(`
  mutation Rename($id: ID!) {
    kpiUpdate(input: { id: $id, name: "Promoters" }) {
      kpi { id name }
      userErrors { code message field }
    }
  }
`);

export const record = parse(`
  mutation Record($input: KpiMeasurementsRecordInput!) {
    kpiMeasurementsRecord(input: $input) {
      kpis { id current }
      results { index outcome userErrors { code } }
      userErrors { code message field }
    }
  }
`);

export const workspaceImport = parse(`
  mutation Import($input: WorkspaceImportInput!) {
    workspaceImport(input: $input) { results { object { id } outcome } userErrors { code } }
  }
`);
