import { graphql } from "relay-runtime";
import type { NodeHistory_checkIns$data } from "./__generated__/NodeHistory_checkIns.graphql";

/** For `useRefetchableFragment` on the interface: whatever has an id is read again by `node(id:)`. */
export const node = graphql`
  fragment NodeHistory_node on Node @refetchable(queryName: "NodeHistoryRefetchQuery") {
    __typename
    id
    ... on Objective {
      statement
      updatedAt
    }
    ...NodeHistory_checkIns @alias
  }
`;

/** Pages in both directions. */
export const checkIns = graphql`
  fragment NodeHistory_checkIns on KeyResult
  @refetchable(queryName: "NodeHistoryCheckInsPaginationQuery")
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 10 }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  ) {
    checkIns(first: $first, after: $after, last: $last, before: $before)
      @connection(key: "NodeHistory_checkIns") {
      edges {
        node {
          at
          value
          author {
            name
          }
        }
      }
    }
    latestCheckIn {
      recordedAt
    }
  }
`;

/** Scalars without a type of JavaScript's own. */
export const changes = graphql`
  fragment NodeHistory_event on Event {
    changes
    recordedAt
    subject {
      __typename
      ...NodeHistory_node
    }
  }
`;

export function values(history: NodeHistory_checkIns$data): [string, string | null | undefined][] {
  return history.checkIns?.edges.map(({ node }) => [node.at, node.value]) ?? [];
}
