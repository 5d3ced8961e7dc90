import { graphql } from "relay-runtime";
import type { ObjectiveDescendants_objective$data } from "./__generated__/ObjectiveDescendants_objective.graphql";

/** For `usePaginationFragment`: the tree below one objective, as a list that a tree view draws. */
export const descendants = graphql`
  fragment ObjectiveDescendants_objective on Objective
  @refetchable(queryName: "ObjectiveDescendantsPaginationQuery")
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 100 }
    cursor: { type: "String" }
    maxDepth: { type: "Int", defaultValue: 3 }
  ) {
    descendants(first: $count, after: $cursor, maxDepth: $maxDepth)
      @connection(key: "ObjectiveDescendants_descendants", filters: ["maxDepth"]) {
      edges {
        depth
        parent {
          id
        }
        node {
          title
          keyResults {
            title
            current
            target
            status
          }
        }
      }
    }
  }
`;

export function indents(objective: ObjectiveDescendants_objective$data): [number, string | null | undefined][] {
  return objective.descendants?.edges.map((edge) => [edge.depth, edge.node.keyResults?.[0]?.current]) ?? [];
}
