// What the peers read, with `= ANY` for the keys of a level; $1 is the organization. The names make them prepared.
const objective = `o.id, o.external_id AS "externalId", o.title, o.level, o.progress::float8, o.owner_id AS "ownerId"`;
const live = (alias) => `${alias}.organization_id = $1 AND ${alias}.archived_at IS NULL`;

export const byExternalId = {
  name: "by-external-id",
  text: `SELECT ${objective} FROM objectives o WHERE o.organization_id = $1 AND o.external_id = $2`,
};
export const byLevel = {
  name: "by-level",
  text: `SELECT ${objective} FROM objectives o WHERE ${live("o")} AND o.level = $2 ORDER BY o.position, o.id LIMIT $3`,
};
export const people = {
  name: "people",
  text: `SELECT p.id, p.external_id AS "externalId", p.name FROM people p
         WHERE p.organization_id = $1 AND p.id = ANY($2::uuid[])`,
};
export const keyResults = {
  name: "key-results",
  text: `SELECT k.objective_id AS parent, k.external_id AS "externalId", k.title, k.target, k.current,
                k.progress::float8
         FROM key_results k WHERE ${live("k")} AND k.objective_id = ANY($2::uuid[]) ORDER BY k.position, k.id`,
};
export const children = {
  name: "children",
  text: `SELECT a.parent_id AS parent, ${objective}
         FROM alignments a JOIN objectives o ON ${live("o")} AND o.id = a.objective_id
         WHERE ${live("a")} AND a.parent_id = ANY($2::uuid[]) ORDER BY a.position, o.id`,
};

// One row for each key.
export const one = (keys, rows) => {
  const byKey = new Map(rows.map((row) => [row.id, row]));
  return keys.map((key) => byKey.get(key) ?? null);
};

// The list of rows for each key.
export const many = (keys, rows) => {
  const byKey = new Map(keys.map((key) => [key, []]));
  for (const row of rows) byKey.get(row.parent).push(row);
  return keys.map((key) => byKey.get(key));
};
