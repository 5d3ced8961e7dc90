import type { ResultOf } from "@graphql-typed-document-node/core";
import { graphql } from "./gql";

export const ByIds = graphql(`
  query ByIds($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      id
      ... on Objective {
        statement
        ancestors {
          id
          title
        }
      }
      ... on CheckIn {
        at
        value
        confidence
      }
      ... on Event {
        verb
        changes
        recordedAt
      }
    }
  }
`);

type Found = NonNullable<NonNullable<ResultOf<typeof ByIds>["nodes"]>[number]>;

/** `__typename` tells the types of the interface apart. */
export function headline(found: Found): string {
  switch (found.__typename) {
    case "Objective":
      return found.statement;
    case "CheckIn":
      return `${found.at}: ${found.value ?? "no value"}`;
    case "Event":
      return `${found.recordedAt}: ${found.verb} ${JSON.stringify(found.changes)}`;
    default:
      return found.id;
  }
}
