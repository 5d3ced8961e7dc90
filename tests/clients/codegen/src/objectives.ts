import type { ResultOf, VariablesOf } from "@graphql-typed-document-node/core";
import { type FragmentType, graphql, read } from "./gql";

export const Card = graphql(`
  fragment ObjectiveCard on Objective {
    id
    title
    progress
    status
    statusReason
    updatedAt
    cycle {
      name
      endsOn
    }
    owner {
      name
    }
    keyResults {
      id
      title
      current
      target
      unit
    }
  }
`);

export const Page = graphql(`
  query ObjectivesPage($first: Int!, $after: String, $filter: ObjectiveFilter, $orderBy: ObjectiveOrder) {
    viewer {
      role
      organization {
        name
      }
    }
    objectives(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      nodes {
        id
        ...ObjectiveCard
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const first: VariablesOf<typeof Page> = {
  first: 50,
  filter: {
    or: [{ level: { eq: "COMPANY" } }, { progress: { lt: 0.3 } }],
    updatedAt: { gte: "2026-07-01T00:00:00Z" },
    lifecycle: { neq: "DRAFT" },
  },
  orderBy: { field: "UPDATED_AT", direction: "DESC" },
};

/** The variables of the page after this one. */
export function following({ objectives }: ResultOf<typeof Page>): VariablesOf<typeof Page> | null {
  return objectives?.pageInfo.hasNextPage ? { ...first, after: objectives.pageInfo.endCursor } : null;
}

/** A line of a list: what permission or absence hides is null, nothing else is. */
export function line(masked: FragmentType<typeof Card>): string {
  const card = read(Card, masked);
  const lastDay: string = card.cycle.endsOn;
  const owner: string = card.owner?.name ?? "nobody";
  const share: number | null | undefined = card.progress;
  const current: string[] = (card.keyResults ?? []).map((it) => `${it.current ?? "?"} ${it.unit ?? ""}`);
  return [card.title, owner, lastDay, share?.toFixed(2), ...current].join(" ");
}
