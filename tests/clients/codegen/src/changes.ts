import type { ResultOf, VariablesOf } from "@graphql-typed-document-node/core";
import { graphql } from "./gql";
import type { UserErrorCode } from "./gql/graphql";

export const Update = graphql(`
  mutation Retitle($input: ObjectiveUpdateInput!) {
    objectiveUpdate(input: $input) {
      objective {
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
`);

export const CheckIn = graphql(`
  mutation CheckIn($input: KeyResultCheckInInput!) {
    keyResultCheckIn(input: $input) {
      checkIn {
        id
        value
        keyResult {
          current
          progress
          objective {
            progress
          }
        }
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const Record = graphql(`
  mutation Record($input: KpiMeasurementsRecordInput!) {
    kpiMeasurementsRecord(input: $input) {
      kpis {
        id
        current
        changedAt
      }
      userErrors {
        code
      }
    }
  }
`);

/** What is left out stays, null empties. */
export const retitled: VariablesOf<typeof Update> = {
  input: { id: "b2JqZWN0aXZlOjE=", expectedVersion: 3, title: "Retain customers", ownerId: null },
};

/** A decimal is text in both directions, or its digits would be lost. */
export const said: VariablesOf<typeof CheckIn> = {
  input: { keyResultId: "a2V5UmVzdWx0OjE=", value: "12345678901234567890.12", status: "ON_TRACK" },
};

/** So are the scalars of points, in which a fault is one of its point alone. */
export const points: VariablesOf<typeof Record> = {
  input: {
    measurements: [
      { externalId: "nps", on: "2026-06-01", value: "66.5" },
      { externalId: "nps", at: "2026-07-01T09:00:00Z", value: "67" },
    ],
  },
};

export function conflicts({ objectiveUpdate }: ResultOf<typeof Update>): boolean {
  const conflict: UserErrorCode = "CONFLICT";
  return objectiveUpdate?.userErrors.some(({ code }) => code === conflict) ?? false;
}
