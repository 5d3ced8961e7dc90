// The part of our schema that `small` and `tree` ask for, so that a peer answers the same documents.
export const typeDefs = `
  scalar Decimal
  enum ObjectiveLevel { COMPANY TEAM INDIVIDUAL }
  input ObjectiveLevelFilter { eq: ObjectiveLevel }
  input ObjectiveFilter { level: ObjectiveLevelFilter }
  type Person { externalId: String name: String! }
  type KeyResult { externalId: String title: String! target: Decimal current: Decimal progress: Float }
  type ObjectiveConnection { nodes: [Objective!]! }
  type Objective {
    externalId: String
    title: String!
    level: ObjectiveLevel!
    progress: Float
    owner: Person
    keyResults: [KeyResult!]!
    children(first: Int): ObjectiveConnection!
  }
  type Query {
    objective(externalId: String): Objective
    objectives(first: Int, filter: ObjectiveFilter): ObjectiveConnection!
  }
`;
