import { graphql } from "relay-runtime";
import type { ObjectiveChangesCreateMutation$data } from "./__generated__/ObjectiveChangesCreateMutation.graphql";

/** A new objective enters the lists on the screen. */
export const create = graphql`
  mutation ObjectiveChangesCreateMutation($input: ObjectiveCreateInput!, $connections: [ID!]!) {
    objectiveCreate(input: $input) {
      objective @appendNode(connections: $connections, edgeTypeName: "ObjectiveEdge") {
        id
        title
        version
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`;

/** An archived one leaves them. */
export const archive = graphql`
  mutation ObjectiveChangesArchiveMutation($input: ObjectiveArchiveInput!, $connections: [ID!]!) {
    objectiveArchive(input: $input) {
      objective {
        id @deleteEdge(connections: $connections)
        archivedAt
      }
      userErrors {
        code
      }
    }
  }
`;

export function refusals({ objectiveCreate }: ObjectiveChangesCreateMutation$data): string[] {
  return objectiveCreate?.userErrors.map((error) => `${error.code}: ${error.field?.join(".")}`) ?? [];
}
