import { graphql } from "relay-runtime";
import type { ObjectiveChildren_objective$data } from "./__generated__/ObjectiveChildren_objective.graphql";

/** For `usePaginationFragment`: the children of one objective, twenty at a time. */
export const children = graphql`
  fragment ObjectiveChildren_objective on Objective
  @refetchable(queryName: "ObjectiveChildrenPaginationQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }) {
    title
    children(first: $count, after: $cursor) @connection(key: "ObjectiveChildren_children") {
      totalCount
      edges {
        node {
          title
          progress
          cycle {
            endsOn
            endsAt
          }
        }
      }
    }
  }
`;

export const query = graphql`
  query ObjectiveChildrenQuery($id: ID!) {
    node(id: $id) {
      ...ObjectiveChildren_objective @alias @arguments(count: 50)
      ...ObjectiveDescendants_objective @alias
    }
  }
`;

export function lastDays(objective: ObjectiveChildren_objective$data): string[] {
  return objective.children?.edges.map((edge) => edge.node.cycle.endsOn) ?? [];
}
