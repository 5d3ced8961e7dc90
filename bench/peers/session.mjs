// Connections in a read-only snapshot of the application's role and one tenant, all messages sent without waiting for
// the one before, and API keys that are remembered for a second.
import { createHash, timingSafeEqual } from "node:crypto";
import pg from "pg";

const KEY_MILLISECONDS = 1000;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, pipeline: true });
const viewers = new Map();
const BASE_32 = "abcdefghijklmnopqrstuvwxyz234567";
const FIND_KEY = {
  name: "find-key",
  text: `SELECT k.secret_hash, k.expires_at, k.revoked_at, p.role, p.archived_at
         FROM api_keys k JOIN people p ON p.organization_id = k.organization_id AND p.id = k.person_id
         WHERE k.organization_id = $1 AND k.id = $2`,
};

export class Snapshot {
  static async open(organization) {
    const client = await pool.connect();
    // Not awaited: what follows is sent in the same turn.
    const opening = client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE okrgraph_app;
       SET LOCAL app.organization_id = '${organization}'; SET LOCAL plan_cache_mode = force_generic_plan`,
    );
    opening.catch(() => {});
    return new Snapshot(client, organization);
  }

  constructor(client, organization) {
    this.client = client;
    this.organization = organization;
  }

  async rows(statement, ...values) {
    return (await this.client.query({ ...statement, values: [this.organization, ...values] })).rows;
  }

  // The answer need not wait for the end of a transaction that has read.
  close() {
    this.client.query("COMMIT").then(
      () => this.client.release(),
      (error) => this.client.release(error),
    );
  }
}

// The organization of a key that is in force, else null.
export async function authenticate(authorization) {
  const key = (authorization ?? "").replace(/^Bearer /, "");
  const known = viewers.get(key);
  if (known && known.until > Date.now()) return known.organization;
  const [prefix, ids, secret] = key.split("_");
  if (prefix !== "okr" || ids?.length !== 52 || !secret) return null;
  const bytes = decode(ids);
  const organization = uuid(bytes.subarray(0, 16));
  const snapshot = await Snapshot.open(organization);
  const [row] = await snapshot.rows(FIND_KEY, uuid(bytes.subarray(16, 32)));
  snapshot.close();
  const hash = createHash("sha256").update(secret).digest();
  if (!row || !timingSafeEqual(row.secret_hash, hash) || row.revoked_at || row.archived_at) return null;
  if (row.expires_at && row.expires_at <= new Date()) return null;
  viewers.set(key, { organization, until: Date.now() + KEY_MILLISECONDS });
  return organization;
}

function decode(text) {
  let bits = 0n;
  for (const letter of text) bits = (bits << 5n) | BigInt(BASE_32.indexOf(letter));
  // 52 letters are 260 bits, of which the last four are 0.
  return Buffer.from((bits >> 4n).toString(16).padStart(64, "0"), "hex");
}

function uuid(bytes) {
  const text = bytes.toString("hex");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}
