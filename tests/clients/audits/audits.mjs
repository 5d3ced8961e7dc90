import { serverAudits } from "graphql-http";

const [url, key] = process.argv.slice(2);
const withKey = (target, { headers, ...init } = {}) =>
  fetch(target, { ...init, headers: { ...headers, authorization: `Bearer ${key}` } });
const failed = [];
const audits = serverAudits({ url, fetchFn: key ? withKey : fetch });
for (const audit of audits) {
  const { status, reason } = await audit.fn();
  if (status !== "ok") failed.push([audit.name, status, reason]);
}
console.log(JSON.stringify({ audits: audits.length, failed }));
