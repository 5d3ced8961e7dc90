import { graphql } from "relay-runtime";

export const mutation = graphql`
  mutation WorkspaceImportMutation($input: WorkspaceImportInput!) {
    workspaceImport(input: $input) {
      results {
        object { id }
        outcome
      }
    }
  }
`;
