import { graphql } from "relay-runtime";
import type { ObjectivesListPaginationQuery$variables } from "./__generated__/ObjectivesListPaginationQuery.graphql";

/** For `usePaginationFragment` on Query: all objectives, filtered and sorted, refetched with other arguments. */
export const objectives = graphql`
  fragment ObjectivesList_query on Query
  @refetchable(queryName: "ObjectivesListPaginationQuery")
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
    filter: { type: "ObjectiveFilter" }
    orderBy: { type: "ObjectiveOrder", defaultValue: { field: TITLE, direction: ASC } }
  ) {
    objectives(first: $count, after: $cursor, filter: $filter, orderBy: $orderBy)
      @connection(key: "ObjectivesList_objectives", filters: ["filter", "orderBy"]) {
      __id
      edges {
        node {
          id
          ...NodeHistory_node
        }
      }
    }
  }
`;

export const query = graphql`
  query ObjectivesListQuery($filter: ObjectiveFilter) {
    ...ObjectivesList_query @arguments(filter: $filter)
  }
`;

export const late: ObjectivesListPaginationQuery$variables = {
  count: 50,
  filter: { progress: { lt: 0.3 }, updatedAt: { lt: "2026-07-01T00:00:00Z" }, level: { in: ["TEAM"] } },
};
