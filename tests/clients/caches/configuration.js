// Prints the configuration of docs/clients.md as data: what each policy says, and the names of types and fields.
import { typePolicies } from "../apollo.js";
import { possibleTypes } from "../possibleTypes.js";
import { keys, resolvers } from "../urql.js";

const paged = Object.fromEntries(Object.entries(resolvers).map(([type, fields]) => [type, Object.keys(fields)]));
console.log(JSON.stringify({ possibleTypes, typePolicies, keys: Object.keys(keys), paged }));
