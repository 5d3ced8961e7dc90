// What the scripts of all three clients have in common: what is recorded, and how it is reported.
import { format } from "node:util";

export const [, , endpoint, key, facts] = process.argv;
export const { customers, finance, nps, objective, keyResult } = JSON.parse(facts);

const warnings = [];
for (const level of ["warn", "error"]) {
  console[level] = (...message) => warnings.push(format(...message));
}

const methods = [];
let pending = 0;
const original = globalThis.fetch;
globalThis.fetch = async (url, options) => {
  methods.push(options?.method ?? "GET");
  pending += 1;
  try {
    return await original(url, options);
  } finally {
    pending -= 1;
  }
};

/** HTTP methods of the requests sent since the last call. */
export const sentMethods = () => methods.splice(0);

/** Returns once no request is under way and none has followed for a while. */
export async function settled() {
  for (let quiet = 0; quiet < 10; quiet = pending ? 0 : quiet + 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Prints the observations, with all warnings and errors of the console, and ends the process. */
export function report(observations) {
  process.stdout.write(JSON.stringify({ ...observations, warnings }), () => process.exit(0));
}

export const names = (connection) => connection?.edges.map((edge) => edge.node.name);
export const values = (points) => points?.map((point) => point.value);

/** An error of GraphQL or of the network ends the script. */
export function succeed({ data, error }) {
  if (error) throw error;
  return data;
}
