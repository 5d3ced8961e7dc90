// Takes the files of GraphiQL out of the installed package, compressed once here instead of at every request.
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "graphiql");
const fresh = `${target}.new`;
const library = join(here, "node_modules", "@graphql-yoga", "render-graphiql");
const graphiql = await import(pathToFileURL(join(library, "esm", "graphiql.js")));

const files = {
  "graphiql.js": graphiql.js,
  "graphiql.css": graphiql.css,
  "worker-editor.js": graphiql.editorWorkerService,
  "worker-json.js": graphiql.jsonWorker,
  "worker-graphql.js": graphiql.graphqlWorker,
};

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh);
for (const [name, text] of Object.entries(files)) {
  if (!text) throw new Error(`The package has no ${name}.`);
  writeFileSync(join(fresh, `${name}.gz`), gzipSync(text, { level: 9 }));
}
copyFileSync(join(library, "LICENSE"), join(fresh, "LICENSE"));
// The folder appears with all its files or not at all.
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);
